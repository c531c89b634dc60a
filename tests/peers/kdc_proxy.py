"""A KDC proxy over TLS: kdc_proxy.py PORT CERTIFICATE KEY, configured by the file in KDCPROXY_CONFIG."""

import ssl
import sys
from wsgiref.simple_server import make_server

import kdcproxy

server = make_server("127.0.0.1", int(sys.argv[1]), kdcproxy.Application())
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
