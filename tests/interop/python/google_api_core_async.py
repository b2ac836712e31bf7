"""google-api-core, as the asynchronous clients that Google generates for Python use it."""

import asyncio
import time

import grpc
from google.api_core import exceptions, operation_async, operations_v1
from google.api_core.future import async_future
from google.longrunning import operations_pb2, operations_pb2_grpc
from google.rpc import error_details_pb2

import report
from example.library.v1 import library_pb2, library_pb2_grpc
from report import equal, holds

often = async_future.DEFAULT_RETRY.with_delay(initial=0.05, maximum=0.2).with_timeout(20)


class Client:
    """The clients of one event loop."""

    def __init__(self):
        self.channel = grpc.aio.insecure_channel(report.address())
        self.library = library_pb2_grpc.LibraryServiceStub(self.channel)
        self.operations = operations_v1.OperationsAsyncClient(self.channel)
        self.stub = operations_pb2_grpc.OperationsStub(self.channel)

    async def start(self, shelf, *books):
        request = library_pb2.ImportBooksRequest(parent=shelf, uris=[f"books://{book}" for book in books])
        return operation_async.from_gapic(
            await self.library.ImportBooks(request),
            self.operations,
            library_pb2.ImportBooksResponse,
            metadata_type=library_pb2.ImportBooksMetadata,
            retry=often,
        )


async def check_start(client, shelf):
    started = await client.start(shelf, "emma", "persuasion")
    holds(started.operation.name.startswith(f"{shelf}/operations/"), started.operation.name)
    holds(not started.operation.done, "it is done at once")
    equal(started.metadata, library_pb2.ImportBooksMetadata(total=2))


async def check_refuse(client, shelf):
    try:
        await client.start(shelf.replace("shelves/", "rooms/"), "emma")
    except grpc.aio.AioRpcError as error:
        equal(error.code(), grpc.StatusCode.INVALID_ARGUMENT)
        holds("parent" in error.details(), error.details())
    else:
        raise AssertionError("it was started")


async def check_metadata(client, shelf):
    started = await client.start(shelf, *["emma"] * 8)
    while not await started.done():
        if 0 < started.metadata.done < started.metadata.total:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it is done, and no progress was seen")


async def check_result(client, shelf):
    result = await (await client.start(shelf, "moby-dick", "emma")).result()
    book = library_pb2.Book
    expected = [
        book(name=f"{shelf}/books/moby-dick", title="moby dick"),
        book(name=f"{shelf}/books/emma", title="emma"),
    ]
    equal(list(result.books), expected)


async def check_failure(client, shelf):
    failing = await client.start(shelf, "lost")
    try:
        await failing.result()
    except exceptions.GoogleAPICallError as error:
        equal(error.message, "there is no book at books://lost")
        # This client puts the operation into the error, and not a class of errors by its code.
        status = error.response.error
        equal(status.code, grpc.StatusCode.NOT_FOUND.value[0])
        info, resource = error_details_pb2.ErrorInfo(), error_details_pb2.ResourceInfo()
        holds(len(status.details) == 2, f"{len(status.details)} details")
        holds(status.details[0].Unpack(info) and status.details[1].Unpack(resource), "details of other types")
        equal((info.reason, dict(info.metadata)), ("BOOK_LOST", {"uri": "books://lost"}))
        equal(resource.resource_name, "books://lost")
    else:
        raise AssertionError("it has not failed")


async def check_cancel(client, shelf):
    running = await client.start(shelf, *["emma"] * 30)
    holds(await running.cancel(), "it was done already")
    try:
        await running.result()
    except exceptions.GoogleAPICallError as error:
        equal(error.response.error.code, grpc.StatusCode.CANCELLED.value[0])
        holds(await running.cancelled(), "it does not count as cancelled")
    else:
        raise AssertionError("it has a result")


async def check_delete(client, shelf):
    done = await client.start(shelf, "emma")
    await done.result()
    await client.operations.delete_operation(done.operation.name)
    try:
        await client.operations.get_operation(done.operation.name)
    except exceptions.NotFound:
        return
    raise AssertionError("it is still there")


async def three(client, shelf):
    """The names of three operations that are done, the newest first; the second has failed."""
    names = []
    for book in ["emma", "lost", "persuasion"]:
        done = await client.start(shelf, book)
        await done.exception()
        names.insert(0, done.operation.name)
    return names


async def check_list(client, shelf):
    names = await three(client, shelf)
    page = await client.stub.ListOperations(operations_pb2.ListOperationsRequest(name=shelf, page_size=2))
    equal([listed.name for listed in page.operations], names[:2])
    holds(page.next_page_token, "there is no second page")
    # This client leaves the size of pages to the server.
    found = await client.operations.list_operations(shelf, "")
    equal([listed.name async for listed in found], names)


async def check_filter(client, shelf):
    names = await three(client, shelf)
    found = await client.operations.list_operations(shelf, "done = true AND error.code = 5")
    equal([listed.name async for listed in found], names[1:2])
    half = await client.operations.list_operations(shelf, "done =")
    try:
        # The client asks for the first page when the first operation is asked for.
        [_ async for _ in half]
    except exceptions.InvalidArgument:
        return
    raise AssertionError("half a filter was taken")


async def check_wait(client, shelf):
    # The client for operations has no wait_operation; the stub that it stands on has.
    running = (await client.start(shelf, "emma", "persuasion", "emma")).operation
    request = operations_pb2.WaitOperationRequest(name=running.name)
    request.timeout.FromMilliseconds(1)
    holds(not (await client.stub.WaitOperation(request)).done, "it is done after a millisecond")
    request.timeout.FromSeconds(20)
    begin = time.monotonic()
    holds((await client.stub.WaitOperation(request)).done, "it is not done")
    holds(time.monotonic() - begin > 0.1, "it was done at once")


def in_a_loop(check):
    async def run(shelf):
        client = Client()
        async with client.channel:
            await check(client, shelf)

    return lambda shelf: asyncio.run(run(shelf))


report.main(
    {
        name.removeprefix("check_"): in_a_loop(check)
        for name, check in list(globals().items())
        if name.startswith("check_")
    }
)
