"""A package index on this machine: a few packages that are made here, served as pip reads them."""

import base64
import hashlib
import io
import tarfile
import threading
import zipfile
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


def wheel(
    name: str,
    files: Mapping[str, str],
    *,
    version: str = "1.0",
    requires: tuple[str, ...] = (),
) -> tuple[str, bytes]:
    """Return the name and the bytes of a wheel with these files."""
    info = f"{name}-{version}.dist-info"
    needed = "".join(f"Requires-Dist: {line}\n" for line in requires)
    content = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needed}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: p2a\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = "".join(f"{path},{_digest(text)},{len(text)}\n" for path, text in content.items())
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path, text in {**content, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(path, text)
    return f"{name}-{version}-py3-none-any.whl", made.getvalue()


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def source(name: str, setup: str, *, version: str = "1.0") -> tuple[str, bytes]:
    """Return the name and the bytes of a source distribution with this `setup.py`."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        texts = {"setup.py": setup, "PKG-INFO": f"Name: {name}\nVersion: {version}\n"}
        for path, text in texts.items():
            item = tarfile.TarInfo(f"{name}-{version}/{path}")
            item.size = len(text)
            archive.addfile(item, io.BytesIO(text.encode()))
    return f"{name}-{version}.tar.gz", made.getvalue()


class PackageIndex:
    """The index, served as long as the block lasts; `asked` has the paths that were asked for."""

    def __init__(self, *files: tuple[str, bytes]) -> None:
        self.files = dict(files)
        self.asked: list[str] = []
        self.gate = threading.Event()
        """While it is clear, no question is answered."""
        self.gate.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/simple"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> bytes | None:
        """Return the page of a project or a file, None for one that is not here."""
        self.asked.append(path)
        kind, _, name = path.strip("/").partition("/")
        if kind == "files":
            return self.files.get(name)
        own = [file for file in self.files if file.partition("-")[0].replace("_", "-") == name]
        links = "".join(f'<a href="/files/{file}">{file}</a>\n' for file in own)
        return f"<!DOCTYPE html><html><body>\n{links}</body></html>".encode() if own else None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = index.answer(self.path)
                index.gate.wait(60)
                self.send_response(404 if content is None else 200)
                is_file = self.path.startswith("/files/")
                kind = "application/octet-stream" if is_file else "text/html"
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, format: str, *arguments: object) -> None:
                """Say nothing."""

        return Handler
