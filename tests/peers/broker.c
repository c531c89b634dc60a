/* A broker on FreeRDP's server library: it takes a client over TLS and sends it elsewhere (MS-RDPBCGR 2.2.13.3).
 * tests/chroot builds it.
 *
 *   broker PORT CERTIFICATE KEY licensing|activation [license] [rdstls] [OPTION=VALUE...]
 *
 * Before the Demand Active or after the Font Map; with `license` a license is asked for first, and with `rdstls` that
 * protocol is taken too. The options are fqdn, netbios, address, addresses (with commas), info (load-balance info) and session. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <freerdp/constants.h>
#include <freerdp/crypto/certificate.h>
#include <freerdp/crypto/privatekey.h>
#include <freerdp/freerdp.h>
#include <freerdp/listener.h>
#include <freerdp/peer.h>
#include <freerdp/redirection.h>
#include <winpr/synch.h>
#include <winpr/thread.h>

enum { PORT = 1, CERTIFICATE, KEY, WHEN, OPTIONS };

static int count;
static char **arguments;

static BOOL is_asked(const char *word) {
  for (int i = WHEN; i < count; i++)
    if (strcmp(arguments[i], word) == 0)
      return TRUE;
  return FALSE;
}

static const char *value(const char *name) {
  size_t length = strlen(name);
  for (int i = OPTIONS; i < count; i++)
    if (strncmp(arguments[i], name, length) == 0 && arguments[i][length] == '=')
      return arguments[i] + length + 1;
  return NULL;
}

static BOOL add_texts(rdpRedirection *redirection, UINT32 *flags) {
  const struct {
    const char *name;
    UINT32 flag;
  } texts[] = {{"fqdn", LB_TARGET_FQDN}, {"netbios", LB_TARGET_NETBIOS_NAME}, {"address", LB_TARGET_NET_ADDRESS}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const char *text = value(texts[i].name);
    if (text && !redirection_set_string_option(redirection, texts[i].flag, text))
      return FALSE;
    if (text)
      *flags |= texts[i].flag;
  }
  return TRUE;
}

static BOOL add_addresses(rdpRedirection *redirection, UINT32 *flags) {
  const char *list[16], *given = value("addresses");
  size_t found = 0;
  if (!given)
    return TRUE;
  char *copy = strdup(given);
  for (char *one = strtok(copy, ","); one && found < 16; one = strtok(NULL, ","))
    list[found++] = one;
  *flags |= LB_TARGET_NET_ADDRESSES;
  BOOL is_set = redirection_set_array_option(redirection, LB_TARGET_NET_ADDRESSES, list, found);
  free(copy);
  return is_set;
}

static BOOL send_redirection(freerdp_peer *peer) {
  const char *info = value("info"), *session = value("session");
  UINT32 flags = LB_DONTSTOREUSERNAME;
  rdpRedirection *redirection = redirection_new();
  BOOL is_sent = redirection && add_texts(redirection, &flags) && add_addresses(redirection, &flags);
  if (is_sent && info) {
    flags |= LB_LOAD_BALANCE_INFO;
    is_sent = redirection_set_byte_option(redirection, LB_LOAD_BALANCE_INFO, (const BYTE *)info, strlen(info));
  }
  is_sent = is_sent && redirection_set_session_id(redirection, session ? strtoul(session, NULL, 0) : 0) &&
            redirection_set_flags(redirection, flags) && peer->SendServerRedirection(peer, redirection);
  printf("%s\n", is_sent ? "redirected" : "no redirection could be sent");
  redirection_free(redirection);
  return is_sent;
}

static BOOL capabilities(freerdp_peer *peer) {
  return is_asked("licensing") ? send_redirection(peer) : TRUE;
}

static BOOL activate(freerdp_peer *peer) {
  return is_asked("activation") ? send_redirection(peer) : TRUE;
}

static BOOL accept_all(freerdp_peer *peer) {
  (void)peer;
  return TRUE;
}

static BOOL configure(freerdp_peer *peer) {
  rdpSettings *settings = peer->context->settings;
  rdpCertificate *certificate = freerdp_certificate_new_from_file(arguments[CERTIFICATE]);
  rdpPrivateKey *key = freerdp_key_new_from_file(arguments[KEY]);
  peer->Capabilities = capabilities;
  peer->PostConnect = accept_all;
  peer->Activate = activate;
  return certificate && key &&
         freerdp_settings_set_pointer_len(settings, FreeRDP_RdpServerCertificate, certificate, 1) &&
         freerdp_settings_set_pointer_len(settings, FreeRDP_RdpServerRsaKey, key, 1) &&
         freerdp_settings_set_bool(settings, FreeRDP_TlsSecurity, TRUE) &&
         freerdp_settings_set_bool(settings, FreeRDP_NlaSecurity, FALSE) &&
         freerdp_settings_set_bool(settings, FreeRDP_RdstlsSecurity, is_asked("rdstls")) &&
         freerdp_settings_set_bool(settings, FreeRDP_RdpSecurity, FALSE) &&
         freerdp_settings_set_bool(settings, FreeRDP_ServerLicenseRequired, is_asked("license"));
}

static DWORD WINAPI serve(void *argument) {
  freerdp_peer *peer = argument;
  if (freerdp_peer_context_new(peer) && configure(peer) && peer->Initialize(peer)) {
    HANDLE events[16];
    BOOL goes_on = TRUE;
    while (goes_on) {
      DWORD found = peer->GetEventHandles(peer, events, 16);
      goes_on = found > 0 && WaitForMultipleObjects(found, events, FALSE, INFINITE) != WAIT_FAILED &&
                peer->CheckFileDescriptor(peer);
    }
    peer->Disconnect(peer);
  }
  freerdp_peer_context_free(peer);
  freerdp_peer_free(peer);
  return 0;
}

static BOOL accepted(freerdp_listener *listener, freerdp_peer *peer) {
  (void)listener;
  HANDLE thread = CreateThread(NULL, 0, serve, peer, 0, NULL);
  return thread && CloseHandle(thread);
}

int main(int argc, char **argv) {
  freerdp_listener *listener = freerdp_listener_new();
  HANDLE events[16];
  count = argc;
  arguments = argv;
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (argc <= WHEN || !listener)
    return 2;
  listener->PeerAccepted = accepted;
  if (!listener->Open(listener, "127.0.0.1", (UINT16)atoi(argv[PORT])))
    return 1;
  for (;;) {
    DWORD found = listener->GetEventHandles(listener, events, 16);
    if (found == 0 || WaitForMultipleObjects(found, events, FALSE, INFINITE) == WAIT_FAILED ||
        !listener->CheckFileDescriptor(listener))
      return 1;
  }
}
