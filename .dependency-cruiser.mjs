import { Visitor } from '@swc/core/Visitor.js'

// swc reads `using` declarations, but the visitor that looks for imports in what it read refuses them.
const visitStatement = Visitor.prototype.visitStatement
Visitor.prototype.visitStatement = function visitAnyStatement(statement) {
  if (statement.type !== 'UsingDeclaration') return visitStatement.call(this, statement)
  this.visitVariableDeclarators(statement.decls)
  return statement
}

/**
 * The layers of the design (doc/general_specs, "Layout"), as rules: who may know whom.
 * Tests, benches and scripts stand outside the layers and may use any of them.
 */
const test = '(\\.test\\.ts$|/test/)'

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two modules that need each other are one module, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'Everything imported is there, and declared by the workspace that imports it.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'packages-do-not-know-the-programs',
      comment: 'A package serves the CLI, the server and the browser alike.',
      severity: 'error',
      from: { path: '^packages/', pathNot: test },
      to: { path: '^(backend|cli|frontend|bench|scripts)/' },
    },
    {
      name: 'no-product-code-on-bench-or-scripts',
      severity: 'error',
      from: { path: '^(packages|cli|backend|frontend)/', pathNot: test },
      to: { path: '^(bench|scripts)/' },
    },
    {
      name: 'product-code-does-not-import-tests',
      severity: 'error',
      from: { path: '^(packages|cli|backend|frontend)/', pathNot: test },
      to: { path: test },
    },
    {
      name: 'compose-is-pure',
      comment: 'packages/compose runs in the browser: it imports nothing of ours and nothing of Node.',
      severity: 'error',
      from: { path: '^packages/compose/src/', pathNot: [test, '^packages/compose/src/source/node'] },
      to: { path: '^packages/(?!compose/)' },
    },
    {
      name: 'compose-has-no-io',
      comment: 'Files come through the FileSource port; only its Node implementation may open one.',
      severity: 'error',
      from: { path: '^packages/compose/src/', pathNot: [test, '^packages/compose/src/source/node'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'engine-knows-no-driver',
      comment: 'The engine decides; a driver is one folder that it never names.',
      severity: 'error',
      from: { path: '^packages/engine/src/', pathNot: test },
      to: { path: '^packages/(docker|api-client)/' },
    },
    {
      name: 'engine-has-no-io',
      comment: 'The engine is pure but for the Driver port. Timers, digests and events are not input or output.',
      severity: 'error',
      from: { path: '^packages/engine/src/', pathNot: test },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(timers/promises|timers|crypto|events|async_hooks)$' },
    },
    {
      name: 'drivers-know-no-server-and-no-database',
      severity: 'error',
      from: { path: '^packages/docker/src/', pathNot: test },
      to: { path: '(^backend/|node_modules/(fastify|@fastify|kysely|pg|pg-boss|ioredis)/)' },
    },
    {
      name: 'core-knows-no-extension',
      severity: 'error',
      from: { path: '^backend/app/(core/|main\\.ts)', pathNot: test },
      to: { path: '^backend/app/extensions/' },
    },
    {
      name: 'extension-knows-core-by-its-api',
      severity: 'error',
      from: { path: '^backend/app/extensions/', pathNot: test },
      to: { path: '^backend/app/core/', pathNot: '^backend/app/core/kernel/api\\.ts$' },
    },
    {
      name: 'extension-knows-no-other-extension',
      severity: 'error',
      from: { path: '^backend/app/extensions/([^/]+)/' },
      to: { path: '^backend/app/extensions/', pathNot: '^backend/app/extensions/$1/' },
    },
    {
      name: 'frontend-talks-through-the-client',
      comment:
        'The server is known to the frontend by packages/api-client; Compose files are read by packages/compose.',
      severity: 'error',
      from: { path: '^frontend/' },
      to: { path: '^(backend|cli|bench|scripts|packages/(?!(api-client|compose)/))' },
    },
    {
      name: 'repository-is-the-only-place-with-sql',
      comment: 'A domain reaches its tables through its repository.',
      severity: 'error',
      from: { path: '^backend/app/core/.*/(routes|service)\\.ts$' },
      to: { path: 'node_modules/(kysely|pg)/', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage)/' },
    parser: 'swc',
    combinedDependencies: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
