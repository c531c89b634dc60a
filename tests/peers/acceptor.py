"""An HTTPS acceptor of NTLM and SPNEGO that enforces channel bindings (RFC 5929), as a gateway with extended protection does.

acceptor.py CERTIFICATE KEY PORT [BOUND]: listens on 127.0.0.1; the accounts are in $NTLM_USER_FILE. BOUND is another certificate
to enforce, as a gateway does behind a proxy that ends TLS. $ONLY_SPNEGO refuses bare NTLM under Negotiate. Who is accepted gets 101 and then the end of the connection.
"""
import base64
import hashlib
import http.server
import os
import ssl
import sys

import spnego
from spnego.channel_bindings import GssChannelBindings

certificate, key, port = sys.argv[1:4]
with open(sys.argv[4] if len(sys.argv) > 4 else certificate) as pem:
    der = ssl.PEM_cert_to_DER_cert(pem.read())
BINDINGS = GssChannelBindings(application_data=b"tls-server-end-point:" + hashlib.sha256(der).digest())


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    context = None

    def do_RDG_OUT_DATA(self):
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if not token:
            return self.challenge("NTLM", "Negotiate")
        bare = base64.b64decode(token).startswith(b"NTLMSSP\0")
        if scheme == "Negotiate" and bare and "ONLY_SPNEGO" in os.environ:
            return self.send_error(400)
        if self.context is None:
            options = spnego.NegotiateOptions
            options = {"NTLM": options.use_ntlm, "Negotiate": options.use_negotiate}[scheme]
            self.context = spnego.server(protocol=scheme.lower(), options=options, channel_bindings=BINDINGS)
        try:
            answer = self.context.step(base64.b64decode(token))
        except spnego.exceptions.SpnegoError as error:
            sys.stderr.write(f"refused: {error}\n")
            self.context = None
            return self.challenge("NTLM", "Negotiate")
        text = f"{scheme} {base64.b64encode(answer).decode()}" if answer else None
        if not self.context.complete:
            return self.challenge(text)
        key = self.headers["Sec-WebSocket-Key"].encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key).digest()).decode())
        self.end_headers()
        self.close_connection = True

    def challenge(self, *schemes):
        self.send_response(401)
        for scheme in schemes:
            self.send_header("WWW-Authenticate", scheme)
        self.send_header("Content-Length", "0")
        self.end_headers()


tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(certificate, key)
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
server.socket = tls.wrap_socket(server.socket, server_side=True)
server.serve_forever()
