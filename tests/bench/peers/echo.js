// An echo server of Node; with the argument "web", a web server that knows /hello.
const net = require('net');
const http = require('http');

function hello(request, response) {
  response.writeHead(request.url === '/hello' ? 200 : 404, {
    'Content-Type': 'text/plain',
    'Content-Length': 5,
  });
  response.end('hello');
}

const server =
  process.argv[2] === 'web'
    ? http.createServer({ keepAliveTimeout: 0 }, hello)
    : net.createServer({ noDelay: true }, (client) => {
        client.on('data', (data) => client.write(data));
        client.on('error', () => client.destroy());
      });
server.listen(0, '127.0.0.1', 4096, () => {
  console.log('listening on http://127.0.0.1:' + server.address().port);
});
