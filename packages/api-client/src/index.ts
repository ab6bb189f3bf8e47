import createFetchClient, { type Client, type ClientOptions } from 'openapi-fetch'
import type { components, paths } from './schema.generated.ts'

export type { components, paths } from './schema.generated.ts'

/** What the server answers when something is not right (RFC 9457). */
export type Problem = components['schemas']['Problem']

export type ApiClient = Client<paths>

/**
 * A typed client of the WindFlow API.
 * @param options `baseUrl` of the server; `headers` with the token of a program, none in a browser, whose cookie does it.
 */
export function createClient(options: ClientOptions): ApiClient {
  return createFetchClient<paths>(options)
}
