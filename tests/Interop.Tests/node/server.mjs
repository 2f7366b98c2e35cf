import grpc from '@grpc/grpc-js';
import { echoed, largestMessage } from './wire.mjs';

const abandoned = new Map();
const gates = new Map();

/** Starts the service on a free port and returns the port. */
export function serve(Echo) {
  const server = new grpc.Server({
    'grpc.max_receive_message_length': largestMessage,
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': 2000,
  });
  const { Missing, ...methods } = Echo.service;
  server.addService(methods, { Unary: unary, ServerStream: serverStream, ClientStream: clientStream, Duplex: duplex, Abandoned: countAbandoned });
  return new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port))),
  );
}

function countAbandoned(call, answer) {
  answer(null, { index: abandoned.get(call.request.text) ?? 0 });
}

/** Counts a call whose caller goes away, and calls back then. */
function watch(call, text, then = () => {}) {
  call.on('cancelled', () => {
    abandoned.set(text, (abandoned.get(text) ?? 0) + 1);
    then();
  });
}

function begin(call, ping) {
  if (!ping?.echo_metadata) {
    return undefined;
  }
  const { headers, trailers } = echoed(call.metadata);
  call.sendMetadata(headers);
  return trailers;
}

function failure(ping, trailers) {
  return Object.assign(new Error(ping.status_message), { code: ping.status_code, details: ping.status_message, metadata: trailers });
}

function pong(call, ping, index = 0) {
  const deadline = call.getDeadline();
  const remaining = deadline === Infinity ? -1 : Math.max(0, +deadline - Date.now());
  return { text: ping.text, data: ping.data, index, remaining_ms: Math.round(remaining), peer: call.getPeer() };
}

function atGate(ping, open) {
  const waiting = gates.get(ping.text) ?? [];
  gates.set(ping.text, waiting);
  waiting.push(open);
  if (waiting.length === ping.gate) {
    gates.delete(ping.text);
    waiting.forEach((one) => one());
  }
}

function unary(call, answer) {
  const ping = call.request;
  const trailers = begin(call, ping);
  const end = () => (ping.status_code ? answer(failure(ping, trailers)) : answer(null, pong(call, ping), trailers));
  if (ping.wait) {
    watch(call, ping.text, () => answer({ code: grpc.status.CANCELLED, details: 'gone' }));
  } else if (ping.gate) {
    atGate(ping, end);
  } else {
    end();
  }
}

function serverStream(call) {
  const ping = call.request;
  const trailers = begin(call, ping);
  if (ping.wait) {
    watch(call, ping.text, () => call.end());
    call.write(pong(call, ping));
    return;
  }
  for (let index = 0; index < ping.count; index++) {
    call.write(pong(call, ping, index));
  }
  if (ping.status_code) {
    call.emit('error', failure(ping, trailers));
  } else {
    call.end(trailers);
  }
}

function clientStream(call, answer) {
  const pings = [];
  let trailers;
  call.on('data', (ping) => {
    if (pings.push(ping) === 1) {
      trailers = begin(call, ping);
      if (ping.wait) {
        watch(call, ping.text, () => answer({ code: grpc.status.CANCELLED, details: 'gone' }));
      }
    }
  });
  call.on('end', () => {
    const failing = pings.find((ping) => ping.status_code);
    if (failing) {
      answer(failure(failing, trailers));
    } else if (!pings.some((ping) => ping.wait)) {
      const all = { text: pings.map((ping) => ping.text).join(','), data: Buffer.concat(pings.map((ping) => ping.data)) };
      answer(null, pong(call, all, pings.length), trailers);
    }
  });
}

function duplex(call) {
  let index = 0;
  let trailers;
  let waiting = false;
  call.on('data', (ping) => {
    if (index === 0) {
      trailers = begin(call, ping);
    }
    if (ping.status_code) {
      call.emit('error', failure(ping, trailers));
      return;
    }
    if (ping.wait) {
      waiting = true;
      watch(call, ping.text);
    }
    call.write(pong(call, ping, index++));
  });
  call.on('end', () => waiting || call.end(trailers));
}
