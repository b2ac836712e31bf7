"""google-api-core, as the clients that Google generates for Python use it."""

import time

import grpc
from google.api_core import exceptions, operation, operations_v1
from google.api_core.future import polling
from google.longrunning import operations_pb2, operations_pb2_grpc
from google.rpc import error_details_pb2

import report
from example.library.v1 import library_pb2, library_pb2_grpc
from report import equal, holds

channel = grpc.insecure_channel(report.address())
library = library_pb2_grpc.LibraryServiceStub(channel)
operations = operations_v1.OperationsClient(channel)
often = polling.DEFAULT_POLLING.with_delay(initial=0.05, maximum=0.2).with_timeout(20)


def start(shelf, *books):
    request = library_pb2.ImportBooksRequest(parent=shelf, uris=[f"books://{book}" for book in books])
    return operation.from_gapic(
        library.ImportBooks(request),
        operations,
        library_pb2.ImportBooksResponse,
        metadata_type=library_pb2.ImportBooksMetadata,
        polling=often,
    )


def check_start(shelf):
    started = start(shelf, "emma", "persuasion")
    holds(started.operation.name.startswith(f"{shelf}/operations/"), started.operation.name)
    holds(not started.operation.done, "it is done at once")
    equal(started.metadata, library_pb2.ImportBooksMetadata(total=2))


def check_refuse(shelf):
    try:
        start(shelf.replace("shelves/", "rooms/"), "emma")
    except grpc.RpcError as error:
        equal(error.code(), grpc.StatusCode.INVALID_ARGUMENT)
        holds("parent" in error.details(), error.details())
    else:
        raise AssertionError("it was started")


def check_metadata(shelf):
    started = start(shelf, *["emma"] * 8)
    while not started.done():
        if 0 < started.metadata.done < started.metadata.total:
            return
        time.sleep(0.02)
    raise AssertionError("it is done, and no progress was seen")


def check_result(shelf):
    result = start(shelf, "moby-dick", "emma").result()
    book = library_pb2.Book
    expected = [
        book(name=f"{shelf}/books/moby-dick", title="moby dick"),
        book(name=f"{shelf}/books/emma", title="emma"),
    ]
    equal(list(result.books), expected)


def check_failure(shelf):
    failing = start(shelf, "lost")
    try:
        failing.result()
    except exceptions.NotFound as error:
        equal(error.message, "there is no book at books://lost")
        (status,) = error.errors
        info, resource = error_details_pb2.ErrorInfo(), error_details_pb2.ResourceInfo()
        holds(len(status.details) == 2, f"{len(status.details)} details")
        holds(status.details[0].Unpack(info) and status.details[1].Unpack(resource), "details of other types")
        equal((info.reason, dict(info.metadata)), ("BOOK_LOST", {"uri": "books://lost"}))
        equal(resource.resource_name, "books://lost")
    else:
        raise AssertionError("it has not failed")


def check_cancel(shelf):
    running = start(shelf, *["emma"] * 30)
    holds(running.cancel(), "it was done already")
    try:
        running.result()
    except exceptions.Cancelled:
        holds(running.cancelled(), "it does not count as cancelled")
    else:
        raise AssertionError("it has a result")


def check_delete(shelf):
    done = start(shelf, "emma")
    done.result()
    operations.delete_operation(done.operation.name)
    try:
        operations.get_operation(done.operation.name)
    except exceptions.NotFound:
        return
    raise AssertionError("it is still there")


def three(shelf):
    """The names of three operations that are done, the newest first; the second has failed."""
    names = []
    for book in ["emma", "lost", "persuasion"]:
        done = start(shelf, book)
        done.exception()
        names.insert(0, done.operation.name)
    return names


def check_list(shelf):
    names = three(shelf)
    # Asks for pages of two, and again until there are no more.
    first = operations_pb2.ListOperationsRequest(name=shelf, page_size=2)
    page = operations_pb2_grpc.OperationsStub(channel).ListOperations(first)
    equal([listed.name for listed in page.operations], names[:2])
    holds(page.next_page_token, "there is no second page")
    # This client leaves the size of pages to the server.
    equal([listed.name for listed in operations.list_operations(shelf, "")], names)


def check_filter(shelf):
    names = three(shelf)
    found = operations.list_operations(shelf, "done = true AND error.code = 5")
    equal([listed.name for listed in found], names[1:2])
    try:
        list(operations.list_operations(shelf, "done ="))
    except exceptions.InvalidArgument:
        return
    raise AssertionError("half a filter was taken")


def check_wait(shelf):
    # The client for operations has no wait_operation; the stub that it stands on has.
    stub = operations_pb2_grpc.OperationsStub(channel)
    running = start(shelf, "emma", "persuasion", "emma").operation
    request = operations_pb2.WaitOperationRequest(name=running.name)
    request.timeout.FromMilliseconds(1)
    holds(not stub.WaitOperation(request).done, "it is done after a millisecond")
    request.timeout.FromSeconds(20)
    begin = time.monotonic()
    holds(stub.WaitOperation(request).done, "it is not done")
    holds(time.monotonic() - begin > 0.1, "it was done at once")


report.main({name.removeprefix("check_"): check for name, check in list(globals().items()) if name.startswith("check_")})
