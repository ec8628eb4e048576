// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What clients_test.py has Node's http module do: sends the requests of standard input, one after another, by an
// agent that keeps its connection, and prints the answers. Both are JSON; bodies are in base64.
//
//   [{"method": "POST", "url": "http://...", "fields": {}, "body": "...", "chunked": true, "expect": true}]
//   [{"status": 200, "fields": {}, "body": "...", "continued": true}]

'use strict';

const fs = require('fs');
const http = require('http');

const PIECE = 10000;

const agent = new http.Agent({keepAlive: true, maxSockets: 1});

function send(order) {
  return new Promise((resolve, reject) => {
    const body = order.body === null ? null : Buffer.from(order.body, 'base64');
    const headers = {...order.fields};
    if (body !== null && !order.chunked) headers['Content-Length'] = body.length;
    if (body !== null && order.chunked) headers['Transfer-Encoding'] = 'chunked';
    if (order.expect) headers['Expect'] = '100-continue';
    let continued = false;
    const request = http.request(order.url, {method: order.method, headers, agent});
    const sendBody = () => {
      for (let at = 0; body !== null && at < body.length; at += PIECE) request.write(body.subarray(at, at + PIECE));
      request.end();
    };
    request.on('error', reject);
    request.on('response', (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          status: response.statusCode,
          fields: response.headers,
          body: Buffer.concat(pieces).toString('base64'),
          continued,
        });
        // Refused without having been asked for its body.
        if (order.expect && !continued) request.destroy();
      });
    });
    if (order.expect) {
      request.on('continue', () => {
        continued = true;
        sendBody();
      });
      request.flushHeaders();
    } else {
      sendBody();
    }
  });
}

async function main() {
  const answers = [];
  for (const order of JSON.parse(fs.readFileSync(0, 'utf8'))) {
    answers.push(await send(order));
    // The agent takes the connection back once this turn of the event loop is over.
    await new Promise(setImmediate);
  }
  agent.destroy();
  process.stdout.write(JSON.stringify(answers));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
