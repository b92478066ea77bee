# docker build -t sitegen . && docker run --rm -v "$PWD":/work sitegen build mlruns -o site
FROM python:3.13-slim
COPY . /src
RUN python -m pip install --no-cache-dir /src && rm -rf /src \
 && useradd --create-home --uid 1000 sitegen
USER sitegen
WORKDIR /work
ENTRYPOINT ["sitegen"]
CMD ["--help"]
