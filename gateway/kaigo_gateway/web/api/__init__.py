"""The REST API: operations as data, pydantic models, OpenAPI 3.1 generated from both."""
