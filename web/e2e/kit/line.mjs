// A line to a server that can be slowed down and cut.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Lays a line to `port`. `rate` is in bytes per second towards the server.
 *
 * @param {import('node:test').TestContext} t
 */
export async function lay(t, port, rate) {
  const line = new Line(port, rate);
  t.after(() => line.close());
  await line.open();
  return line;
}

class Line {
  #server;
  #sockets = new Set();
  #isCut = false;

  constructor(port, rate) {
    this.port = port;
    this.rate = rate;
  }

  async open() {
    this.#server = createServer((client) => this.#join(client)).listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
  }

  #join(client) {
    if (this.#isCut) return client.destroy();
    const server = connect(this.port, '127.0.0.1');
    for (const [one, other] of [
      [client, server],
      [server, client],
    ]) {
      this.#sockets.add(one);
      one.on('error', () => {}); // a cut line is what this is for
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
    client.pipe(this.#slow()).pipe(server);
    server.pipe(client);
  }

  #slow() {
    const line = this;
    return new Transform({
      highWaterMark: 64 * 1024,
      async transform(chunk, _, done) {
        await pause((1000 * chunk.length) / line.rate);
        done(null, chunk);
      },
    });
  }

  // Breaks what is open and lets nothing through until mended.
  cut() {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend() {
    this.#isCut = false;
  }

  async close() {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
