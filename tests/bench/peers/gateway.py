"""A gateway: asks the API for /foo for each client that asks for /one.

gateway.py asyncio | uvloop | tornado | gevent --port 0 --api HOST:PORT
"""

import asyncio
import os
import signal
import sys

HOST = "127.0.0.1"
BACKLOG = 4096
API = (sys.argv[5].split(":")[0], int(sys.argv[5].split(":")[1]))
REQUEST = b"GET /foo HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % sys.argv[5].encode()
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%s"
)


def say_port(sock):
    print("listening on http://%s:%d" % (HOST, sock.getsockname()[1]), flush=True)


def answer_with(answer):
    body = answer.partition(b"\r\n\r\n")[2]
    return ANSWER % (len(body), body)


async def request_by_streams():
    reader, writer = await asyncio.open_connection(*API)
    writer.write(REQUEST)
    answer = await reader.read()
    writer.close()
    return answer


async def one_by_streams(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    writer.write(answer_with(await request_by_streams()))
    await writer.drain()
    writer.close()


async def serve_streams():
    server = await asyncio.start_server(one_by_streams, HOST, 0, backlog=BACKLOG)
    say_port(server.sockets[0])
    await server.serve_forever()


async def serve_tornado():
    import socket

    from tornado import iostream, netutil, tcpserver

    async def request():
        stream = iostream.IOStream(socket.socket())
        await stream.connect(API)
        await stream.write(REQUEST)
        return await stream.read_until_close()

    class Server(tcpserver.TCPServer):
        async def handle_stream(self, stream, address):
            await stream.read_until(b"\r\n\r\n")
            await stream.write(answer_with(await request()))
            stream.close()

    sockets = netutil.bind_sockets(0, HOST, backlog=BACKLOG)
    server = Server()
    server.add_sockets(sockets)
    say_port(sockets[0])
    await asyncio.Event().wait()


def serve_gevent():
    from gevent import server, socket

    def heard(sock, end=None):
        text = b""
        while not (end and end in text) and (more := sock.recv(4096)):
            text += more
        return text

    def request():
        with socket.socket() as sock:
            sock.connect(API)
            sock.sendall(REQUEST)
            return heard(sock)

    def one(sock, address):
        heard(sock, b"\r\n\r\n")
        sock.sendall(answer_with(request()))
        sock.close()

    listening = server.StreamServer((HOST, 0), one, backlog=BACKLOG)
    listening.start()
    say_port(listening.socket)
    listening.serve_forever()


signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
if sys.argv[1] == "gevent":
    serve_gevent()
elif sys.argv[1] == "tornado":
    asyncio.run(serve_tornado())
else:
    if sys.argv[1] == "uvloop":
        import uvloop

        uvloop.install()
    asyncio.run(serve_streams())
