// google-gax, as the clients that Google generates for Node.js use it: `node client.mjs ADDRESS SHELF CHECK…`.
// Each check has a shelf of its own and gives one line of JSON. LRO_INTEROP_PROTOS is the folder of our protos.

import assert from 'node:assert/strict';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import gax from 'google-gax';

// It is not to look for a cloud around it.
process.env.METADATA_SERVER_DETECTION = 'none';

const [address, shelf, ...names] = process.argv.slice(2);
const protos = process.env.LRO_INTEROP_PROTOS;
const file = 'example/library/v1/library.proto';
const SERVICE = 'example.library.v1.LibraryService';
const {Status} = gax;

const grpc = new gax.GrpcClient();
const [servicePath, port] = address.split(':');
const connection = {servicePath, port: Number(port), sslCreds: grpc.grpc.credentials.createInsecure()};
const operations = gax.lro({grpc: grpc.grpc}).operationsClient({...connection});

// The types of the messages, which generated clients have beside them as JSON.
const bundled = path.join(fileURLToPath(import.meta.resolve('google-gax')), '../../protos');
const root = new gax.protobuf.Root();
root.resolvePath = (_, target) => path.join(target === file ? protos : bundled, target);
root.loadSync([file, 'google/rpc/error_details.proto']);
const decoder = name => {
  const type = root.lookupType(name);
  return bytes => type.toObject(type.decode(bytes));
};
const descriptor = new gax.LongrunningDescriptor(
  operations,
  decoder('example.library.v1.ImportBooksResponse'),
  decoder('example.library.v1.ImportBooksMetadata')
);
const decodeDetail = detail => ({
  type: detail.type_url,
  ...decoder(detail.type_url.replace('type.googleapis.com/', ''))(detail.value),
});

// What a generated client does for each of its methods.
const service = grpc.loadProto(protos, file).example.library.v1.LibraryService;
const stub = await grpc.createStub(service, {...connection});
const methods = {ImportBooks: {timeout_millis: 10_000, retry_codes_name: 'none', retry_params_name: 'default'}};
const config = {interfaces: {[SERVICE]: {retry_codes: {none: []}, retry_params: {default: {}}, methods}}};
const settings = grpc.constructSettings(SERVICE, config, {}, {});
const importBooks = gax.createApiCall(Promise.resolve(stub.importBooks.bind(stub)), settings.importBooks, descriptor);
const longrunning = gax.createBackoffSettings(50, 1.3, 200, null, null, null, 20_000);

async function start(parent, ...books) {
  const [operation] = await importBooks({parent, uris: books.map(book => `books://${book}`)}, {longrunning});
  return operation;
}

/** Waits for an operation that must fail. */
async function failure(operation) {
  const error = await operation.promise().then(
    () => assert.fail('it has a result'),
    error => error
  );
  return error;
}

/** What an RPC is refused with. */
async function refusal(promise) {
  const error = await promise.then(
    () => null,
    error => error
  );
  assert.ok(error, 'it is not refused');
  return error;
}

/** The names of three operations that are done, the newest first; the second has failed. */
async function three(parent) {
  const names = [];
  for (const book of ['emma', 'lost', 'persuasion']) {
    const operation = await start(parent, book);
    await operation.promise().catch(() => {});
    names.unshift(operation.name);
  }
  return names;
}

const repeat = (book, count) => Array(count).fill(book);
const namesOf = listed => listed.map(operation => operation.name);

const checks = {
  async start(parent) {
    const operation = await start(parent, 'emma', 'persuasion');
    assert.ok(operation.name.startsWith(`${parent}/operations/`), operation.name);
    assert.ok(!operation.done, 'it is done at once');
    assert.deepEqual(operation.metadata, {total: 2});
  },

  async refuse(parent) {
    const error = await refusal(start(parent.replace('shelves/', 'rooms/'), 'emma'));
    assert.equal(error.code, Status.INVALID_ARGUMENT);
    assert.match(error.details, /parent/);
  },

  async metadata(parent) {
    const operation = await start(parent, ...repeat('emma', 8));
    const seen = [];
    operation.on('progress', metadata => seen.push(metadata));
    await operation.promise();
    assert.ok(seen.some(({done, total}) => done > 0 && done < total), JSON.stringify(seen));
  },

  async result(parent) {
    const [response] = await (await start(parent, 'moby-dick', 'emma')).promise();
    assert.deepEqual(response.books, [
      {name: `${parent}/books/moby-dick`, title: 'moby dick'},
      {name: `${parent}/books/emma`, title: 'emma'},
    ]);
  },

  async failure(parent) {
    const operation = await start(parent, 'lost');
    const error = await failure(operation);
    assert.equal(error.code, Status.NOT_FOUND);
    assert.equal(error.message, 'there is no book at books://lost');
    const [info, resource] = operation.latestResponse.error.details.map(decodeDetail);
    assert.equal(info.type, 'type.googleapis.com/google.rpc.ErrorInfo');
    assert.equal(info.reason, 'BOOK_LOST');
    assert.deepEqual(info.metadata, {uri: 'books://lost'});
    assert.equal(resource.resourceName, 'books://lost');
  },

  async cancel(parent) {
    const operation = await start(parent, ...repeat('emma', 30));
    await operation.cancel();
    assert.equal((await failure(operation)).code, Status.CANCELLED);
  },

  async delete(parent) {
    const operation = await start(parent, 'emma');
    await operation.promise();
    await operations.deleteOperation({name: operation.name});
    const error = await refusal(operations.getOperation({name: operation.name}));
    assert.equal(error.code, Status.NOT_FOUND);
  },

  async list(parent) {
    const names = await three(parent);
    const page = await operations.listOperations({name: parent, pageSize: 2}, {autoPaginate: false});
    assert.deepEqual(namesOf(page[0]), names.slice(0, 2));
    assert.ok(page[1]?.pageToken, 'there is no second page');
    const all = [];
    for await (const operation of operations.listOperationsAsync({name: parent, pageSize: 2})) all.push(operation);
    assert.deepEqual(namesOf(all), names);
  },

  async filter(parent) {
    const names = await three(parent);
    const list = filter => operations.listOperations({name: parent, filter}, {autoPaginate: false});
    assert.deepEqual(namesOf((await list('done = true AND error.code = 5'))[0]), names.slice(1, 2));
    assert.equal((await refusal(list('done ='))).code, Status.INVALID_ARGUMENT);
  },

  async wait(parent) {
    // The client for operations has no waitOperation; the stub that it stands on has.
    const stub = await operations.operationsStub;
    const wait = request =>
      new Promise((resolve, reject) =>
        stub.waitOperation(request, (error, answer) => (error ? reject(error) : resolve(answer)))
      );
    const {name} = await start(parent, 'emma', 'persuasion', 'emma');
    assert.ok(!(await wait({name, timeout: {nanos: 1_000_000}})).done, 'it is done after a millisecond');
    const begin = performance.now();
    assert.ok((await wait({name, timeout: {seconds: 20}})).done, 'it is not done');
    assert.ok(performance.now() - begin > 100, 'it was done at once');
  },
};

for (const name of names) {
  try {
    await checks[name](`${shelf}-${name}`);
    console.log(JSON.stringify({check: name}));
  } catch (error) {
    console.log(JSON.stringify({check: name, error: `${error.stack ?? error}`.split('\n').slice(0, 4).join(' ')}));
  }
}
// Connections would keep it from ending.
process.exit(0);
