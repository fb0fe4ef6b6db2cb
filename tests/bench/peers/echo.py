"""An echo server: echo.py asyncio | uvloop | tornado | gevent."""

import asyncio
import sys

HOST = "127.0.0.1"
BACKLOG = 4096


def say_port(sock):
    print("listening on http://%s:%d" % (HOST, sock.getsockname()[1]), flush=True)


async def echo_streams(reader, writer):
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()
    writer.close()


async def serve_streams():
    server = await asyncio.start_server(echo_streams, HOST, 0, backlog=BACKLOG)
    say_port(server.sockets[0])
    await server.serve_forever()


async def serve_tornado():
    from tornado import iostream, netutil, tcpserver

    class Server(tcpserver.TCPServer):
        async def handle_stream(self, stream, address):
            try:
                while True:
                    await stream.write(await stream.read_bytes(4096, partial=True))
            except iostream.StreamClosedError:
                pass

    sockets = netutil.bind_sockets(0, HOST, backlog=BACKLOG)
    server = Server()
    server.add_sockets(sockets)
    say_port(sockets[0])
    await asyncio.Event().wait()


def serve_gevent():
    from gevent import server

    def echo(sock, address):
        while data := sock.recv(4096):
            sock.sendall(data)
        sock.close()

    listening = server.StreamServer((HOST, 0), echo, backlog=BACKLOG)
    listening.start()
    say_port(listening.socket)
    listening.serve_forever()


if sys.argv[1] == "gevent":
    serve_gevent()
elif sys.argv[1] == "tornado":
    asyncio.run(serve_tornado())
else:
    if sys.argv[1] == "uvloop":
        import uvloop

        uvloop.install()
    asyncio.run(serve_streams())
