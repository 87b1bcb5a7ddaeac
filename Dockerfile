# Two images from one file: `--target bot` (web door: no git, no model SDK) and `--target worker`.
# Pin the base by digest in your registry mirror: FROM python:3.11-slim-bookworm@sha256:...
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements/ requirements/
RUN python -m venv /opt/p2a \
    && /opt/p2a/bin/pip install --require-hashes -r requirements/bot.txt
COPY pyproject.toml README.md LICENSE ./
COPY p2a/ p2a/
COPY ccg/ ccg/
COPY quality/ quality/
COPY worker/ worker/
COPY bot/ bot/
COPY action/ action/
COPY playground/ playground/
RUN /opt/p2a/bin/pip install --no-deps --no-build-isolation .

FROM build AS build-worker
RUN /opt/p2a/bin/pip install --require-hashes -r requirements/all.txt

FROM ${PYTHON_IMAGE} AS base
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/p2a p2a \
    && install -d -o p2a -g p2a -m 0700 /var/lib/p2a/data
ENV PATH=/opt/p2a/bin:$PATH \
    PYTHONSAFEPATH=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    P2A_DATA_DIR=/var/lib/p2a/data
WORKDIR /var/lib/p2a
VOLUME ["/var/lib/p2a/data"]

FROM base AS bot
COPY --from=build /opt/p2a /opt/p2a
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/ready', timeout=2)"]
ENTRYPOINT ["p2a"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]

FROM base AS worker
# The sandbox. bubblewrap makes user namespaces: the container must be allowed to (see compose.yaml).
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap=0.8.* git=1:2.39.* \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build-worker /opt/p2a /opt/p2a
USER 10001
ENTRYPOINT ["p2a"]
CMD ["worker"]
