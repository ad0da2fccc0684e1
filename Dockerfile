# syntax=docker/dockerfile:1
# Piton in a container: nobody is root, nothing but /data and /tmp is written. Pin the base by digest in your own registry.
ARG NODE=node:24.21.0-bookworm-slim

FROM ${NODE} AS build
WORKDIR /opt/piton
ENV NODE_ENV=production
COPY package.json package-lock.json ./
# The Node of the image is the runtime, so the npm package "node" need not be fetched: no install script runs.
RUN npm ci --omit=dev --ignore-scripts --include=optional --no-audit --no-fund && rm -rf node_modules/node node_modules/node-bin-*
COPY bin ./bin
COPY engine ./engine
COPY server ./server
COPY desk ./desk
COPY designer ./designer
COPY processes ./processes
COPY templates ./templates
COPY tsconfig.json tsconfig.base.json ./
RUN node bin/build.mjs

FROM ${NODE}
LABEL org.opencontainers.image.title="Piton" org.opencontainers.image.description="A workflow engine for government paper"
RUN groupadd --system --gid 10001 piton \
  && useradd --system --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin piton \
  && install --directory --owner=piton --group=piton --mode=0700 /data /keys
COPY --from=build --chown=root:root /opt/piton /opt/piton
# `docker compose exec piton piton doctor`: the command without the set-up of bin/, which an image has behind it.
RUN printf '#!/bin/sh\nexec node /opt/piton/server/cli/main.ts "$@"\n' > /usr/local/bin/piton && chmod 0755 /usr/local/bin/piton
WORKDIR /opt/piton
ENV NODE_ENV=production PITON_DATA=/data PITON_HOST=0.0.0.0 PITON_PORT=8080 PITON_DEMO=off PITON_LOG=info
USER 10001:10001
VOLUME ["/data"]
EXPOSE 8080
STOPSIGNAL SIGTERM
# Ready, not only alive: a rebuild of the lists after an upgrade may take minutes, hence the long start period.
HEALTHCHECK --interval=15s --timeout=5s --start-period=10m --retries=4 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PITON_PORT || 8080) + '/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node is process 1: the server handles SIGTERM and SIGINT itself and waits for its own children, so no init is needed.
CMD ["node", "server/main.ts"]
