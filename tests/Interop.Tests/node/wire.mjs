import { readFileSync } from 'node:fs';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

export const largestMessage = 24 * 1024 * 1024;

/** The Echo service of a .proto file, with field names as they are written there. */
export function loadProto(path) {
  readFileSync(path);
  return loadService(path).modelops.interop.v1.Echo;
}

export function loadService(path) {
  return grpc.loadPackageDefinition(loader.loadSync(path, { keepCase: true, longs: Number, defaults: true, enums: String }));
}

/** The metadata to answer with: x-a as x-a in the headers, as t-a in the trailers. */
export function echoed(metadata) {
  const headers = new grpc.Metadata();
  const trailers = new grpc.Metadata();
  for (const key of Object.keys(metadata.getMap()).filter((name) => name.startsWith('x-'))) {
    for (const value of metadata.get(key)) {
      headers.add(key, value);
      trailers.add('t-' + key.slice(2), value);
    }
  }
  return { headers, trailers };
}
