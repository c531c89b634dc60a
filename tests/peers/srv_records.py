"""A DNS server on 127.0.0.77: srv_records.py PORT answers SRV _kerberos._tcp.EXAMPLE.TEST with localhost:PORT, and nothing else."""

import socket
import sys

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.77", 53))
print("ready", flush=True)
while True:
    data, client = server.recvfrom(4096)
    question = dns.message.from_wire(data)
    answer = dns.message.make_response(question)
    asked = question.question[0]
    if asked.name.to_text().lower() == "_kerberos._tcp.example.test." and asked.rdtype == 33:
        answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", "SRV", f"0 100 {sys.argv[1]} localhost."))
    else:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    server.sendto(answer.to_wire(), client)
