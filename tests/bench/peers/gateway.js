// A gateway on async functions: asks the API for /foo for each client that asks for /one.
//
//     gateway.js --port 0 --api HOST:PORT
const net = require('net');

const [host, port] = process.argv[5].split(':');

// A promise of what SOCKET has sent when that contains END, or to its end.
function heard(socket, end) {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (data) => {
      text += data;
      if (end && text.includes(end)) resolve(text);
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}

async function request(path) {
  const socket = net.connect({ host, port, noDelay: true });
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: close\r\n\r\n`);
  const answer = await heard(socket);
  return answer.slice(answer.indexOf('\r\n\r\n') + 4);
}

async function one(client) {
  try {
    await heard(client, '\r\n\r\n');
    const body = await request('/foo');
    client.end(
      'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n' +
        `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
    );
  } catch {
    client.destroy();
  }
}

process.on('SIGTERM', () => process.exit(0));
const server = net.createServer({ noDelay: true }, one);
server.listen(0, '127.0.0.1', 4096, () => {
  console.log('listening on http://127.0.0.1:' + server.address().port);
});
