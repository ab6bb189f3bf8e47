import { defineConfig } from 'vitest/config'

/**
 * Four projects, each of which `vitest run --project NAME` runs alone:
 * - unit: pure code, beside it; needs nothing but Node
 * - server: the server's parts on a real PostgreSQL (the built-in one) and a real redis-server
 * - integration: needs a Docker engine and other real servers; *.e2e.test.ts run the program itself
 * - fuzz: many generated inputs; FUZZ_RUNS sets how many
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'packages/*/{src,test}/**/*.test.ts',
            'cli/{src,test}/**/*.test.ts',
            'backend/app/**/*.test.ts',
            'frontend/src/**/*.test.ts',
            'bench/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          // No test is about speed: a busy machine only has to be waited for.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          exclude: ['**/node_modules/**', '**/*.{db,integration,e2e,fuzz}.test.ts'],
        },
      },
      {
        test: {
          name: 'server',
          include: ['backend/{app,test}/**/*.db.test.ts'],
          globalSetup: ['backend/test/postgres.global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'integration',
          include: [
            '{packages/*,cli,backend}/test/**/*.{integration,e2e}.test.ts',
            'backend/app/**/*.{integration,e2e}.test.ts',
            'scripts/**/*.integration.test.ts',
          ],
          globalSetup: ['scripts/testing/engine.global-setup.ts', 'backend/test/postgres.global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // One engine and two cores are shared by all files: more at once only makes each slower.
          maxWorkers: 2,
          // Engines that start or end beside each other set up the same firewall anew, which a test may hit once.
          retry: process.env.CI ? 1 : 0,
        },
      },
      {
        test: {
          name: 'fuzz',
          include: ['{packages/*,cli,backend}/test/**/*.fuzz.test.ts'],
          testTimeout: 1_200_000,
          maxWorkers: 2,
        },
      },
    ],
  },
})
