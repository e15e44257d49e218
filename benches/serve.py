#!/usr/bin/env python3
"""Measures `presswork serve` on an archive: its start, the time after an edit, its memory.

    benches/corpus.py make /dev/shm/archive 100000 presswork
    benches/serve.py /dev/shm/archive/presswork target/release/presswork

An edit is timed from before the write until the change has been reported to an open page and the page has been fetched.
The script listens for events as a browser does. The time until a browser has painted the page is measured by

    PRESSWORK_BINARY=target/release/presswork PRESSWORK_STORIES=100000 \\
        cargo test --test suite repaint -- --ignored --nocapture

Files are restored at the end. For the start without a ledger the project's ledger is removed; a build writes a new one.
"""

import argparse
import glob
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import time
import urllib.error
import urllib.request

PATIENCE = 60


class Preview:
    """A running server; `seconds` is the time until its first response."""

    def __init__(self, program, root):
        start = time.monotonic()
        command = [program, "serve", "--root", root, "--port", "0", "--no-drafts"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = int(re.search(r":(\d+)/", self.process.stdout.readline())[1])
        self.get("/")
        self.seconds = time.monotonic() - start

    def get(self, path):
        return urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE).read()

    def memory(self):
        """Returns present and peak memory in MB."""
        with open(f"/proc/{self.process.pid}/status") as status:
            text = status.read()
        return [int(re.search(rf"{name}:\s+(\d+)", text)[1]) // 1000 for name in ("VmRSS", "VmHWM")]

    def end(self):
        self.process.terminate()
        self.process.wait()


class Listener:
    """The event stream of an open page."""

    def __init__(self, preview, path):
        self.socket = socket.create_connection(("127.0.0.1", preview.port), PATIENCE)
        request = f"GET /_presswork/live?path={path} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        self.socket.sendall(request.encode())
        self.heard = b""
        self.wait(b"event: problems")

    def wait(self, what):
        while what not in self.heard:
            part = self.socket.recv(1 << 16)
            if not part:
                raise SystemExit(f"the connection has ended before {what}")
            self.heard += part
        self.heard = self.heard[self.heard.index(what) + len(what) :]


def edits(preview, root, name, change, count):
    """Returns the times of a number of edits of one kind, in milliseconds."""
    files = [file for file in glob.glob(f"{root}/content/*/*.md") if is_story(file)]
    random.Random(name).shuffle(files)
    times = []
    while len(times) < count:
        file = files.pop()
        path = "/" + os.path.relpath(file, f"{root}/content")[:-3] + "/"
        try:
            preview.get(path)
        except urllib.error.HTTPError:
            continue  # It is a draft.
        with open(file, "rb") as opened:
            before = opened.read()
        for text in (change(before), before):
            listener = Listener(preview, path)
            start = time.monotonic()
            with open(file, "wb") as opened:
                opened.write(text)
            listener.wait(b"event: reload")
            preview.get(path)
            if text is not before:
                times.append((time.monotonic() - start) * 1000)
            listener.socket.close()
    return times


def is_story(file):
    return not file.endswith("_index.md") and os.path.basename(os.path.dirname(file)) not in ("authors", "pages")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root")
    parser.add_argument("program")
    parser.add_argument("--edits", type=int, default=21)
    arguments = parser.parse_args()
    root, program = arguments.root, arguments.program
    shutil.rmtree(f"{root}/.presswork", ignore_errors=True)
    preview = Preview(program, root)
    print(f"start without a ledger: {preview.seconds:.2f} s")
    preview.end()
    subprocess.run([program, "build", "--root", root, "--quiet"], check=True)
    preview = Preview(program, root)
    print(f"start with a ledger: {preview.seconds:.2f} s")
    kinds = [
        ("a word of a text", lambda text: text + b"\nOne more word.\n"),
        ("a headline", lambda text: text.replace(b'title: "', b'title: "New: ', 1)),
        ("a new tag", lambda text: text.replace(b'tags: ["', b'tags: ["brand new", "', 1)),
    ]
    for name, change in kinds:
        times = edits(preview, root, name, change, arguments.edits)
        print(f"{name}: {statistics.median(times):.0f} ms (median of {len(times)}), at most {max(times):.0f} ms")
    now, most = preview.memory()
    print(f"memory: {now} MB, at most {most} MB")
    preview.end()


main()
