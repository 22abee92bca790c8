// The page at /docs: the API as /openapi.json describes it, with requests to try. The token is asked for there, or comes from /builds.

/** @type {any} */ (globalThis).SwaggerUIBundle({
  url: '/openapi.json',
  domNode: document.getElementById('docs'),
  validatorUrl: null,
  deepLinking: true,
});
