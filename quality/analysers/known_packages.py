"""Names on PyPI that others imitate, and names that only look like an imitation; no I/O.

The names are facts: those downloaded most from PyPI in the autumn of 2026, normalised as in PEP 503,
and the projects of which many know the name. A package that is not among them says nothing by that.
"""

_WELL_KNOWN = """
aiobotocore aiofiles aiohappyeyeballs aiohttp aioitertools aiosignal aiosqlite alembic altair
annotated-doc annotated-types ansible anthropic anyio argcomplete argon2-cffi argon2-cffi-bindings
arrow asgiref asn1crypto asttokens async-lru async-timeout asyncpg attrs authlib awscli
awswrangler azure-common azure-core azure-identity azure-keyvault-secrets azure-storage-blob babel
backoff backports-tarfile backports-zstd bcrypt beartype beautifulsoup4 black bleach blinker boto3
botocore bottle brotli build cachecontrol cachetools cattrs cbor2 celery certifi cffi cfgv
cfn-lint chardet charset-normalizer cleo click click-plugins cloudpickle colorama colorlog comm
confluent-kafka contourpy coverage crashtest croniter cryptography cycler cyclopts cython dacite
dash databricks-sdk databricks-sql-connector dataclasses-json datadog datasets dbt-adapters
dbt-common dbt-core debugpy decorator deepdiff defusedxml deprecated deprecation dill discord-py
distlib distro django django-rest-framework djangorestframework dnspython docker docstring-parser
docutils dulwich durationpy editables elasticsearch email-validator et-xmlfile exceptiongroup
execnet executing fabric faker fastapi fastjsonschema fastmcp fastuuid filelock flake8 flask
flatbuffers fonttools frozenlist fsspec future gcsfs gitdb gitpython google-ads
google-analytics-admin google-api-core google-api-python-client google-auth google-auth-httplib2
google-auth-oauthlib google-cloud-aiplatform google-cloud-automl google-cloud-batch
google-cloud-bigquery google-cloud-bigquery-datatransfer google-cloud-bigtable
google-cloud-compute google-cloud-core google-cloud-dataflow-client google-cloud-dataform
google-cloud-dataproc-metastore google-cloud-dlp google-cloud-kms google-cloud-language
google-cloud-logging google-cloud-memcache google-cloud-monitoring
google-cloud-orchestration-airflow google-cloud-os-login google-cloud-pubsub google-cloud-redis
google-cloud-resource-manager google-cloud-run google-cloud-secret-manager google-cloud-speech
google-cloud-storage google-cloud-tasks google-cloud-texttospeech google-cloud-videointelligence
google-cloud-vision google-cloud-workflows google-crc32c google-genai google-resumable-media
googleapis-common-protos graphql-core greenlet griffelib grpc-google-iam-v1 grpcio
grpcio-health-checking grpcio-status grpcio-tools gunicorn h11 h2 hatchling hf-xet hpack httpcore
httplib2 httptools httpx httpx-sse huggingface-hub humanize hyperframe hypothesis identify idna
importlib-metadata importlib-resources iniconfig installer invoke ipykernel ipython
ipython-pygments-lexers isodate isort itsdangerous jaraco-classes jaraco-context jaraco-functools
jedi jeepney jinja2 jiter jmespath joblib joserfc json5 jsonpatch jsonpath-ng jsonpointer jsonref
jsonschema jsonschema-path jsonschema-specifications jupyter jupyter-client jupyter-core
jupyter-server jupyterlab-pygments keras keyring kiwisolver kubernetes langchain langchain-core
langchain-openai langgraph langsmith lark libcst librt linkify-it-py litellm llama-cloud-services
llama-parse llvmlite loguru lxml lz4 mako markdown markdown-it-py markupsafe marshmallow
matplotlib matplotlib-inline mccabe mcp mdit-py-plugins mdurl mistune mkdocs mmh3 more-itertools
mpmath msal msal-extensions msgpack msrest multidict multiprocess mypy mypy-extensions mysqlclient
narwhals nbclient nbconvert nbformat nest-asyncio networkx nltk nodeenv notebook nox numba numpy
oauthlib onnxruntime openai opencv-python openpyxl opensearch-py opentelemetry-api
opentelemetry-exporter-otlp opentelemetry-exporter-otlp-proto-common
opentelemetry-exporter-otlp-proto-grpc opentelemetry-exporter-otlp-proto-http
opentelemetry-exporter-prometheus opentelemetry-instrumentation opentelemetry-instrumentation-asgi
opentelemetry-instrumentation-fastapi opentelemetry-instrumentation-requests
opentelemetry-instrumentation-threading opentelemetry-proto opentelemetry-sdk
opentelemetry-semantic-conventions opentelemetry-util-http orderly-set orjson packaging pandas
pandas-stubs pandocfilters paramiko parso pathable pathspec pbs-installer peewee pendulum pexpect
pillow pip pipenv pkginfo platformdirs playwright plotly pluggy poetry poetry-core
poetry-plugin-export polars portalocker pre-commit prettytable prometheus-client prompt-toolkit
propcache proto-plus protobuf psutil psycopg psycopg-binary psycopg2 psycopg2-binary ptyprocess
pure-eval py py-key-value-aio py4j pyarrow pyasn1 pyasn1-modules pycodestyle pycparser
pycryptodome pycryptodomex pydantic pydantic-ai-slim pydantic-core pydantic-graph
pydantic-settings pyee pyflakes pygithub pygments pyjwt pylint pymongo pymupdf pymysql pynacl
pyopenssl pyparsing pypdf pyperclip pyproject-hooks pyramid pysocks pytest pytest-asyncio
pytest-cov pytest-json-ctrf pytest-mock pytest-timeout pytest-xdist python-dateutil
python-discovery python-docx python-dotenv python-json-logger python-multipart python-slugify
python-telegram-bot pytokens pytz pywin32 pyyaml pyzmq rapidfuzz ray redis referencing regex
requests requests-file requests-oauthlib requests-toolbelt responses rfc3339-validator rich
rich-rst rich-toolkit rpds-py rsa ruamel-yaml ruamel-yaml-clib ruff s3fs s3transfer safetensors
scikit-learn scipy scramp scrapy secretstorage selenium semver sentry-sdk setproctitle setuptools
setuptools-scm sglang shapely shellingham simplejson six slack-sdk smart-open smmap sniffio
snowflake-connector-python snowflake-snowpark-python snowflake-sqlalchemy sortedcontainers
soupsieve sphinx sqlalchemy sqlalchemy-bigquery sqlglot sqlparse sse-starlette stack-data
starlette streamlit structlog sympy tabulate tenacity tensorflow termcolor text-unidecode textual
threadpoolctl tiktoken tinycss2 tokenizers toml tomli tomli-w tomlkit toolz torch tornado tox tqdm
traitlets transformers tree-sitter tree-sitter-languages triton trove-classifiers twisted
typedload typeguard typer types-certifi types-protobuf types-pyyaml types-requests types-toml
typing-extensions typing-inspect typing-inspection tzdata tzlocal uc-micro-py ujson uncalled-for
uritemplate urllib3 uuid-utils uv uvicorn uvloop vcs-versioning virtualenv watchdog watchfiles
wcwidth weaviate-client webencodings websocket-client websockets werkzeug wheel wrapt wsproto xlrd
xlsxwriter xmltodict xxhash yarl ydb zipp zope-interface zstandard
"""
_LIKE_BUT_KNOWN = """
acachecontrol aiofile aresponses boto bpython cbor cchardet crick cronitor cymysql ctransformers
cwcwidth dataset datazets dbt-score deepdiff6 djongo dydantic elasticsearch5 elasticsearch6
elasticsearch7 elasticsearch8 elasticsearch9 fabric2 fabric3 fastai futures gitdb2 google-adk
googleads grequests gsutil hjson httpr hyper identity ijson ipytest isolate jiwer jsonpath
markdown2 mocker myjwt ncclient nest-asyncio2 opentelemetry-instrumentation-wsgi parse parsl parsy
pkginfo2 pyaml pyasn pymantic pymssql pymupdfb pypd pypdf2 pypdf3 pypdf4 pytest-csv retworkx
ruamel-yaml-clibz scapy scipp scrypt semver4 simpy smmap2 spython sqlglotc tombi tooz torchx
unicorn uri-template usort vbuild vyper websocket willow wsgiref xoto3
"""

WELL_KNOWN = frozenset(_WELL_KNOWN.split())
"""About the 500 that are installed most."""
LIKE_BUT_KNOWN = frozenset(_LIKE_BUT_KNOWN.split())
"""One edit away from one of the former, and projects of their own that thousands install."""
