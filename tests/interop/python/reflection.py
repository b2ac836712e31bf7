"""Programs that know nothing of the server but its address: `buf curl` and grpcurl. Which one, LRO_INTEROP_CURL says, by its path."""

import json
import os
import subprocess
import time

import report
from report import equal, holds

program = os.environ["LRO_INTEROP_CURL"]
is_buf = os.path.basename(program) == "buf"
LIBRARY = "example.library.v1.LibraryService"
OPERATIONS = "google.longrunning.Operations"
INVALID_ARGUMENT, NOT_FOUND, CANCELLED = 3, 5, 1
# What buf calls the codes.
CODES = {"invalid_argument": INVALID_ARGUMENT, "not_found": NOT_FOUND, "canceled": CANCELLED}


class Refused(Exception):
    """The error of an RPC."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def run(*arguments):
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=40)


def succeed(*arguments):
    """What the program prints, which must end well."""
    ended = run(*arguments)
    if ended.returncode != 0:
        raise AssertionError(f"{' '.join(arguments)}: {ended.stderr.strip()}")
    return ended.stdout


def call(method, **request):
    """One RPC; the answer or Refused."""
    data = json.dumps(request)
    if is_buf:
        url = f"http://{report.address()}/{method}"
        ended = run("curl", "--protocol", "grpc", "--http2-prior-knowledge", "-d", data, url)
    else:
        ended = run("-plaintext", "-format-error", "-d", data, report.address(), method)
    if ended.returncode == 0:
        return json.loads(ended.stdout or "{}")
    try:
        error = json.loads(ended.stderr[ended.stderr.index("{") :])
        code = CODES[error["code"]] if is_buf else error["code"]
    except (ValueError, KeyError):
        raise AssertionError(f"{method}: {ended.stderr.strip()}") from None
    raise Refused(code, error.get("message", ""))


def start(shelf, *books):
    return call(f"{LIBRARY}/ImportBooks", parent=shelf, uris=[f"books://{book}" for book in books])


def get(operation):
    return call(f"{OPERATIONS}/GetOperation", name=operation["name"])


def end(operation):
    """Polls until it is done."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        operation = get(operation)
        if operation.get("done"):
            return operation
        time.sleep(0.05)
    raise AssertionError("it does not end")


def check_reflect(shelf):
    if is_buf:
        connection = ["--protocol", "grpc", "--http2-prior-knowledge"]
        url = f"http://{report.address()}"
        services = succeed("curl", *connection, "--list-services", url)
        methods = succeed("curl", *connection, "--list-methods", url)
    else:
        services = succeed("-plaintext", report.address(), "list")
        methods = "".join(succeed("-plaintext", report.address(), "list", service) for service in [LIBRARY, OPERATIONS])
        methods = methods.replace(f"{LIBRARY}.", f"{LIBRARY}/").replace(f"{OPERATIONS}.", f"{OPERATIONS}/")
        # The annotation is an option that only the descriptors of google explain.
        described = succeed("-plaintext", report.address(), "describe", LIBRARY)
        holds('response_type:"ImportBooksResponse"' in described, described)
    for service in [LIBRARY, OPERATIONS, "grpc.health.v1.Health"]:
        holds(service in services.split(), services)
    for method in ["ListOperations", "GetOperation", "DeleteOperation", "CancelOperation", "WaitOperation"]:
        holds(f"{OPERATIONS}/{method}" in methods.split(), methods)


def check_start(shelf):
    started = start(shelf, "emma", "persuasion")
    holds(started["name"].startswith(f"{shelf}/operations/"), started["name"])
    holds(not started.get("done"), "it is done at once")
    equal(started["metadata"]["@type"], "type.googleapis.com/example.library.v1.ImportBooksMetadata")
    equal(started["metadata"]["total"], 2)


def check_refuse(shelf):
    try:
        start(shelf.replace("shelves/", "rooms/"), "emma")
    except Refused as error:
        equal(error.code, INVALID_ARGUMENT)
        holds("parent" in error.message, error.message)
    else:
        raise AssertionError("it was started")


def check_metadata(shelf):
    running = start(shelf, *["emma"] * 8)
    while not running.get("done"):
        if 0 < running["metadata"].get("done", 0) < running["metadata"]["total"]:
            return
        running = get(running)
    raise AssertionError("it is done, and no progress was seen")


def check_result(shelf):
    response = end(start(shelf, "moby-dick", "emma"))["response"]
    equal(response["@type"], "type.googleapis.com/example.library.v1.ImportBooksResponse")
    expected = [
        {"name": f"{shelf}/books/moby-dick", "title": "moby dick"},
        {"name": f"{shelf}/books/emma", "title": "emma"},
    ]
    equal(response["books"], expected)


def check_failure(shelf):
    error = end(start(shelf, "lost"))["error"]
    equal((error["code"], error["message"]), (NOT_FOUND, "there is no book at books://lost"))
    info, resource = error["details"]
    equal(info["@type"], "type.googleapis.com/google.rpc.ErrorInfo")
    equal((info["reason"], info["metadata"]), ("BOOK_LOST", {"uri": "books://lost"}))
    equal(resource["resourceName"], "books://lost")


def check_cancel(shelf):
    running = start(shelf, *["emma"] * 30)
    equal(call(f"{OPERATIONS}/CancelOperation", name=running["name"]), {})
    equal(end(running)["error"]["code"], CANCELLED)


def check_delete(shelf):
    done = end(start(shelf, "emma"))
    equal(call(f"{OPERATIONS}/DeleteOperation", name=done["name"]), {})
    try:
        get(done)
    except Refused as error:
        equal(error.code, NOT_FOUND)
    else:
        raise AssertionError("it is still there")


def three(shelf):
    """The names of three operations that are done, the newest first; the second has failed."""
    return [end(start(shelf, book))["name"] for book in ["emma", "lost", "persuasion"]][::-1]


def list_operations(shelf, **request):
    answer = call(f"{OPERATIONS}/ListOperations", name=shelf, **request)
    return [listed["name"] for listed in answer.get("operations", [])], answer.get("nextPageToken", "")


def check_list(shelf):
    names = three(shelf)
    first, token = list_operations(shelf, pageSize=2)
    equal(first, names[:2])
    holds(token, "there is no second page")
    equal(list_operations(shelf, pageSize=2, pageToken=token), (names[2:], ""))


def check_filter(shelf):
    names = three(shelf)
    equal(list_operations(shelf, filter="done = true AND error.code = 5")[0], names[1:2])
    try:
        list_operations(shelf, filter="done =")
    except Refused as error:
        equal(error.code, INVALID_ARGUMENT)
    else:
        raise AssertionError("half a filter was taken")


def check_wait(shelf):
    running = start(shelf, *["emma"] * 6)
    answer = call(f"{OPERATIONS}/WaitOperation", name=running["name"], timeout="0.001s")
    holds(not answer.get("done"), "it is done after a millisecond")
    begin = time.monotonic()
    answer = call(f"{OPERATIONS}/WaitOperation", name=running["name"], timeout="20s")
    holds(answer.get("done"), "it is not done")
    holds(time.monotonic() - begin > 0.1, "it was done at once")


report.main({name.removeprefix("check_"): check for name, check in list(globals().items()) if name.startswith("check_")})
