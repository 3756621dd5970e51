FROM node:24.21.0-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json nest-cli.json .swcrc ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build

# What runs needs no compiler, and no Postgres of its own: DATABASE_URL names one.
FROM node:24.21.0-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/var/lib/boxoffice
RUN install --directory --owner=node --group=node --mode=0700 /var/lib/boxoffice
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY samples ./samples
COPY web ./web
RUN chmod 0755 dist/cli/boxoffice.js && ln -s /app/dist/cli/boxoffice.js /usr/local/bin/boxoffice
USER node
VOLUME /var/lib/boxoffice
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --retries=12 --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/ready').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "--max-semi-space-size=64", "dist/main.js"]
