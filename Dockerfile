# One image for every role: docker run orderflow web | worker | insights | init
# Nothing is written outside /tmp, so it runs with --read-only --tmpfs /tmp --cap-drop ALL.

FROM python:3.13.9-slim-trixie AS build
# The optional parts, comma-separated: docker build --build-arg EXTRAS=otel
ARG EXTRAS=""
WORKDIR /app
RUN python -m venv .venv
COPY pyproject.toml constraints.txt README.md ./
COPY orderflow orderflow
COPY agents agents
COPY tables tables
COPY web web
# Editable: the application runs from this checkout, where Faust finds agents, tables and web by name.
RUN .venv/bin/pip install --no-cache-dir -c constraints.txt -e ".${EXTRAS:+[$EXTRAS]}" \
    && .venv/bin/python -m compileall -q orderflow agents tables web

FROM python:3.13.9-slim-trixie
ARG VERSION=0.1.0
ARG REVISION=""
LABEL org.opencontainers.image.title="orderflow" \
      org.opencontainers.image.description="Order management for delivery orders, Kafka first." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
WORKDIR /app
RUN useradd --system --uid 10001 --no-create-home orderflow
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 ORDERFLOW_HTTP_HOST=0.0.0.0
# A number, so that Kubernetes can tell that it is not root.
USER 10001
EXPOSE 8080 8081 8082
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s --retries=6 CMD ["python", "-m", "orderflow.health"]
ENTRYPOINT ["orderflow"]
CMD ["web"]
