import assert from 'node:assert/strict';
import grpc from '@grpc/grpc-js';
import { protoPath } from 'grpc-health-check';
import reflectionClient from 'grpc-js-reflection-client';
import { loadService } from './wire.mjs';

const insecure = () => grpc.credentials.createInsecure();

/** What clients written by others see of grpc.health.v1 and server reflection. */
export function observations(address) {
  const checks = healthChecks(address);
  return { ...checks, ...reflections(address, 'v1'), ...reflections(address, 'v1alpha') };
}

function healthChecks(address) {
  const { Health } = loadService(protoPath).grpc.health.v1;
  const health = new Health(address, insecure());
  const check = (service) => new Promise((resolve, reject) => health.Check({ service }, (error, answer) => (error ? reject(error) : resolve(answer.status))));
  return {
    'health of the server': async () => assert.equal(await check(''), 'SERVING'),
    'health of one service': async () => assert.equal(await check('modelops.interop.v1.Echo'), 'NOT_SERVING'),
    'health of an unknown service': () => assert.rejects(check('nobody.Knows'), { code: grpc.status.NOT_FOUND }),
    'health watched': () => watched(health, 'modelops.interop.v1.Echo', 'NOT_SERVING'),
    'health watched of an unknown service': () => watched(health, 'nobody.Knows', 'SERVICE_UNKNOWN'),
  };
}

/** The first status comes at once and the call stays open until it is cancelled. */
function watched(health, service, expected) {
  return new Promise((resolve, reject) => {
    const statuses = [];
    const watch = health.Watch({ service });
    watch.on('data', ({ status }) => {
      statuses.push(status);
      setTimeout(() => watch.cancel(), 100);
    });
    watch.on('error', (error) => {
      try {
        assert.equal(error.code, grpc.status.CANCELLED);
        assert.deepEqual(statuses, [expected]);
        resolve();
      } catch (wrong) {
        reject(wrong);
      }
    });
  });
}

function reflections(address, version) {
  const reflection = new reflectionClient.GrpcReflection(address, insecure(), {}, version);
  const echo = 'modelops.interop.v1.Echo';
  return {
    [`reflection ${version} lists services`]: async () => {
      const services = await reflection.listServices();
      for (const expected of [echo, 'grpc.health.v1.Health', 'grpc.reflection.v1.ServerReflection', 'grpc.reflection.v1alpha.ServerReflection']) {
        assert.ok(services.includes(expected), `${expected} is not among ${services}`);
      }
    },
    [`reflection ${version} describes methods`]: async () => {
      const methods = await reflection.listMethods(echo);
      assert.deepEqual(methods.map((method) => method.name).sort(), ['Abandoned', 'ClientStream', 'Duplex', 'Missing', 'ServerStream', 'Unary']);
      assert.equal(methods.find((method) => method.name === 'ClientStream').definition.requestStream, true);
    },
    [`reflection ${version} makes a callable client`]: async () => {
      const described = (await reflection.getDescriptorBySymbol('modelops.interop.v1.Ping')).getPackageObject({ keepCase: true, longs: Number });
      const client = new described.modelops.interop.v1.Echo(address, insecure());
      const pong = await new Promise((resolve, reject) => client.Unary({ text: 'found' }, (error, answer) => (error ? reject(error) : resolve(answer))));
      assert.equal(pong.text, 'found');
    },
    [`reflection ${version} finds files`]: async () => {
      const file = await reflection.getDescriptorByFileName('grpc/health/v1/health.proto');
      assert.ok(file.getPackageObject({}).grpc.health.v1.Health);
    },
    [`reflection ${version} finds extensions`]: async () => {
      const { base_type_name, extension_number } = await reflection.getAllExtensionNumbersOfType('modelops.interop.v1.Ping');
      assert.equal(base_type_name, 'modelops.interop.v1.Ping');
      assert.deepEqual(extension_number, []);
    },
    [`reflection ${version} refuses unknown names`]: async () => {
      await assert.rejects(reflection.getDescriptorBySymbol('nobody.Knows'), /nobody\.Knows/);
      await assert.rejects(reflection.getDescriptorByFileName('nobody.proto'), /nobody\.proto/);
    },
  };
}
