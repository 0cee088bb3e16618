# One image for every role: docker run orderflow web | worker | init

FROM python:3.12-slim AS build
WORKDIR /app
RUN python -m venv .venv
COPY pyproject.toml constraints.txt README.md ./
COPY orderflow orderflow
COPY agents agents
COPY tables tables
COPY web web
# Editable: the application runs from this checkout, where Faust finds agents, tables and web by name.
RUN .venv/bin/pip install --no-cache-dir -c constraints.txt -e .

FROM python:3.12-slim
WORKDIR /app
RUN useradd --system --uid 10001 --no-create-home orderflow
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 ORDERFLOW_HTTP_HOST=0.0.0.0
USER orderflow
EXPOSE 8080 8081
ENTRYPOINT ["orderflow"]
CMD ["web"]
