// Made from the routes of the server by `vitest run --project server backend/test/api-client -u`; do not edit.

export interface paths {
  "/api/health/live": {
    get: {
      /** The process is alive */
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            status: "ok"
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/health/ready": {
    get: {
      /** The server and each dependency can serve */
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            status: "ok" | "failing"
            dependencies: { [name: string]: {
              status: "ok" | "failing"
              reason?: string
            } }
          } } }
        503: { headers: { [name: string]: unknown }; content: { "application/json": {
            status: "ok" | "failing"
            dependencies: { [name: string]: {
              status: "ok" | "failing"
              reason?: string
            } }
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/audit": {
    get: {
      /** Who did what, newest first */
      parameters: {
        query?: { cursor?: string; limit?: number; action?: string; subject?: string; actor?: string }
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            items: ({
              number: number
              /** RFC 3339, UTC */
              time: string
              actor: unknown
              action: string
              subject: string
              address: string
              requestId: string
              before?: unknown
              after?: unknown
              hash: string
            })[]
            next?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/audit/verification": {
    get: {
      /** Whether the trail is as it was written */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            entries: number
            broken?: {
              number: number
              reason: string
            }
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/auth/invitations/accept": {
    get?: never
    put?: never
    post: {
      /** Join an organization by invitation */
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        token: string
        name?: string
        password?: string
      } } }
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            account: {
              /** UUID */
              id: string
              email: string
              name: string
              superadmin: boolean
            }
            organizations: ({
              /** UUID */
              id: string
              slug: string
              name: string
              role: "viewer" | "operator" | "admin" | "owner"
            })[]
            /** By organization id */
            permissions: { [name: string]: string[] }
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/auth/login": {
    get?: never
    put?: never
    post: {
      /** Sign in */
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        email: string
        password: string
      } } }
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            account: {
              /** UUID */
              id: string
              email: string
              name: string
              superadmin: boolean
            }
            organizations: ({
              /** UUID */
              id: string
              slug: string
              name: string
              role: "viewer" | "operator" | "admin" | "owner"
            })[]
            /** By organization id */
            permissions: { [name: string]: string[] }
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/auth/logout": {
    get?: never
    put?: never
    post: {
      /** End this session */
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/auth/logout-everywhere": {
    get?: never
    put?: never
    post: {
      /** End every session of mine */
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/auth/password": {
    get?: never
    put?: never
    post: {
      /** Change my password; every other session ends */
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        password: string
        newPassword: string
      } } }
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/auth/refresh": {
    get?: never
    put?: never
    post: {
      /** Renew the session */
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/auth/sessions": {
    get: {
      /** My sessions */
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            items: ({
              /** UUID */
              id: string
              current: boolean
              address: string
              userAgent: string
              /** RFC 3339, UTC */
              createdAt: string
              /** RFC 3339, UTC */
              lastSeenAt: string
              /** RFC 3339, UTC */
              expiresAt: string
            })[]
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/auth/sessions/{id}": {
    get?: never
    put?: never
    post?: never
    delete: {
      /** End one session of mine */
      parameters: {
        query?: never
        header?: never
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    patch?: never
  }
  "/api/v1/auth/setup": {
    get: {
      /** Whether the installation waits for its first administrator */
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            needed: boolean
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post: {
      /** Become the first administrator, by the one-use link */
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        token: string
        email: string
        name: string
        password: string
        organization?: string
      } } }
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": {
            account: {
              /** UUID */
              id: string
              email: string
              name: string
              superadmin: boolean
            }
            organizations: ({
              /** UUID */
              id: string
              slug: string
              name: string
              role: "viewer" | "operator" | "admin" | "owner"
            })[]
            /** By organization id */
            permissions: { [name: string]: string[] }
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/deployments": {
    get: {
      /** Deployments */
      parameters: {
        query?: { cursor?: string; limit?: number; stack?: string; target?: string; search?: string }
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            items: ({
              /** UUID */
              id: string
              name: string
              project: string
              /** UUID */
              stack: string
              stackVersion: number
              /** UUID */
              target: string
              state: string
              currentRelease?: number
              drifted: boolean
              drift?: {
                /** RFC 3339, UTC */
                checkedAt: string
                /** Why it could not be looked at */
                reason?: string
                changes: ({
                  resource: string
                  action: string
                  reason: string
                })[]
              }
              /** UUID */
              operation?: string
              /** RFC 3339, UTC */
              createdAt: string
            })[]
            next?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post: {
      /** Prepare a deployment of a stack on a target */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        name: string
        /** UUID */
        stack: string
        /** The newest when absent */
        version?: number
        /** UUID */
        target: string
        project?: string
        variables?: { [name: string]: string }
        options?: {
          profiles?: string[]
          approval?: boolean
          removeOrphans?: boolean
        }
      } } }
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            name: string
            project: string
            /** UUID */
            stack: string
            stackVersion: number
            /** UUID */
            target: string
            state: string
            currentRelease?: number
            drifted: boolean
            drift?: {
              /** RFC 3339, UTC */
              checkedAt: string
              /** Why it could not be looked at */
              reason?: string
              changes: ({
                resource: string
                action: string
                reason: string
              })[]
            }
            /** UUID */
            operation?: string
            /** RFC 3339, UTC */
            createdAt: string
            variables: { [name: string]: string }
            options: {
              profiles: string[]
              approval: boolean
              removeOrphans: boolean
            }
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/deployments/{id}": {
    get: {
      /** A deployment */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            name: string
            project: string
            /** UUID */
            stack: string
            stackVersion: number
            /** UUID */
            target: string
            state: string
            currentRelease?: number
            drifted: boolean
            drift?: {
              /** RFC 3339, UTC */
              checkedAt: string
              /** Why it could not be looked at */
              reason?: string
              changes: ({
                resource: string
                action: string
                reason: string
              })[]
            }
            /** UUID */
            operation?: string
            /** RFC 3339, UTC */
            createdAt: string
            variables: { [name: string]: string }
            options: {
              profiles: string[]
              approval: boolean
              removeOrphans: boolean
            }
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete: {
      /** Forget a destroyed deployment and its history */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    patch: {
      /** Change version, variables or options; nothing that runs changes before the next deploy */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        version?: number
        variables?: { [name: string]: string }
        options?: {
          profiles?: string[]
          approval?: boolean
          removeOrphans?: boolean
        }
      } } }
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            name: string
            project: string
            /** UUID */
            stack: string
            stackVersion: number
            /** UUID */
            target: string
            state: string
            currentRelease?: number
            drifted: boolean
            drift?: {
              /** RFC 3339, UTC */
              checkedAt: string
              /** Why it could not be looked at */
              reason?: string
              changes: ({
                resource: string
                action: string
                reason: string
              })[]
            }
            /** UUID */
            operation?: string
            /** RFC 3339, UTC */
            createdAt: string
            variables: { [name: string]: string }
            options: {
              profiles: string[]
              approval: boolean
              removeOrphans: boolean
            }
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
  }
  "/api/v1/deployments/{id}/deploy": {
    get?: never
    put?: never
    post: {
      /** Deploy */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        reason?: string
        pull?: "always" | "missing" | "never" | "policy"
        forceRecreate?: boolean
        /** false: do not wait for health */
        gate?: boolean
        consent?: "data-loss"
      } } }
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            /** UUID */
            deployment: string
            /** UUID */
            target: string
            kind: "deploy" | "rollback" | "stop" | "start" | "restart" | "destroy"
            state: "queued" | "planning" | "awaiting_approval" | "applying" | "verifying" | "rolling_back" | "cancelling" | "succeeded" | "failed" | "rolled_back" | "rollback_failed" | "cancelled"
            reason: string
            author: string
            release?: number
            previousRelease?: number
            /** 1 is next on its target */
            queuePosition?: number
            error?: {
              class: string
              code: string
              message: string
              hint?: string
              step?: string
              lines?: string[]
            }
            /** Workers that had it in hand */
            attempts: number
            /** RFC 3339, UTC */
            createdAt: string
            /** RFC 3339, UTC */
            startedAt?: string
            /** RFC 3339, UTC */
            finishedAt?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/deployments/{id}/destroy": {
    get?: never
    put?: never
    post: {
      /** Remove what is deployed; its volumes only when asked for */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        reason?: string
        volumes?: boolean
        confirm: string
      } } }
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            /** UUID */
            deployment: string
            /** UUID */
            target: string
            kind: "deploy" | "rollback" | "stop" | "start" | "restart" | "destroy"
            state: "queued" | "planning" | "awaiting_approval" | "applying" | "verifying" | "rolling_back" | "cancelling" | "succeeded" | "failed" | "rolled_back" | "rollback_failed" | "cancelled"
            reason: string
            author: string
            release?: number
            previousRelease?: number
            /** 1 is next on its target */
            queuePosition?: number
            error?: {
              class: string
              code: string
              message: string
              hint?: string
              step?: string
              lines?: string[]
            }
            /** Workers that had it in hand */
            attempts: number
            /** RFC 3339, UTC */
            createdAt: string
            /** RFC 3339, UTC */
            startedAt?: string
            /** RFC 3339, UTC */
            finishedAt?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/deployments/{id}/releases": {
    get: {
      /** Releases, newest first */
      parameters: {
        query?: { cursor?: string; limit?: number }
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            items: ({
              number: number
              current: boolean
              stackVersion: number
              reason: string
              author: string
              /** UUID */
              operation: string
              /** RFC 3339, UTC */
              createdAt: string
            })[]
            next?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/deployments/{id}/releases/{number}": {
    get: {
      /** A release with its model; secrets are references */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string; number: number }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            number: number
            current: boolean
            stackVersion: number
            reason: string
            author: string
            /** UUID */
            operation: string
            /** RFC 3339, UTC */
            createdAt: string
            model: unknown
            secrets: ({
              provider: string
              name: string
              version: number
            })[]
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/deployments/{id}/restart": {
    get?: never
    put?: never
    post: {
      /** Restart what is deployed */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        reason?: string
        services?: string[]
      } } }
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            /** UUID */
            deployment: string
            /** UUID */
            target: string
            kind: "deploy" | "rollback" | "stop" | "start" | "restart" | "destroy"
            state: "queued" | "planning" | "awaiting_approval" | "applying" | "verifying" | "rolling_back" | "cancelling" | "succeeded" | "failed" | "rolled_back" | "rollback_failed" | "cancelled"
            reason: string
            author: string
            release?: number
            previousRelease?: number
            /** 1 is next on its target */
            queuePosition?: number
            error?: {
              class: string
              code: string
              message: string
              hint?: string
              step?: string
              lines?: string[]
            }
            /** Workers that had it in hand */
            attempts: number
            /** RFC 3339, UTC */
            createdAt: string
            /** RFC 3339, UTC */
            startedAt?: string
            /** RFC 3339, UTC */
            finishedAt?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/deployments/{id}/rollback": {
    get?: never
    put?: never
    post: {
      /** Bring an earlier release back */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        release: number
        reason?: string
      } } }
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            /** UUID */
            deployment: string
            /** UUID */
            target: string
            kind: "deploy" | "rollback" | "stop" | "start" | "restart" | "destroy"
            state: "queued" | "planning" | "awaiting_approval" | "applying" | "verifying" | "rolling_back" | "cancelling" | "succeeded" | "failed" | "rolled_back" | "rollback_failed" | "cancelled"
            reason: string
            author: string
            release?: number
            previousRelease?: number
            /** 1 is next on its target */
            queuePosition?: number
            error?: {
              class: string
              code: string
              message: string
              hint?: string
              step?: string
              lines?: string[]
            }
            /** Workers that had it in hand */
            attempts: number
            /** RFC 3339, UTC */
            createdAt: string
            /** RFC 3339, UTC */
            startedAt?: string
            /** RFC 3339, UTC */
            finishedAt?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/deployments/{id}/schedules": {
    get: {
      /** What is asked for by the clock */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            items: ({
              /** UUID */
              id: string
              /** UUID */
              deployment: string
              name: string
              kind: "deploy" | "restart" | "stop" | "start"
              cron: string
              timezone: string
              enabled: boolean
              /** RFC 3339, UTC */
              nextAt?: string
              /** RFC 3339, UTC */
              lastAt?: string
              /** UUID */
              lastOperation?: string
              lastError?: string
            })[]
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post: {
      /** Ask for an operation by the clock */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        name: string
        kind: "deploy" | "restart" | "stop" | "start"
        /** Five fields: minute, hour, day, month, weekday */
        cron: string
        /** IANA name */
        timezone?: string
        enabled?: boolean
      } } }
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            /** UUID */
            deployment: string
            name: string
            kind: "deploy" | "restart" | "stop" | "start"
            cron: string
            timezone: string
            enabled: boolean
            /** RFC 3339, UTC */
            nextAt?: string
            /** RFC 3339, UTC */
            lastAt?: string
            /** UUID */
            lastOperation?: string
            lastError?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/deployments/{id}/start": {
    get?: never
    put?: never
    post: {
      /** Start what is deployed */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        reason?: string
        services?: string[]
      } } }
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            /** UUID */
            deployment: string
            /** UUID */
            target: string
            kind: "deploy" | "rollback" | "stop" | "start" | "restart" | "destroy"
            state: "queued" | "planning" | "awaiting_approval" | "applying" | "verifying" | "rolling_back" | "cancelling" | "succeeded" | "failed" | "rolled_back" | "rollback_failed" | "cancelled"
            reason: string
            author: string
            release?: number
            previousRelease?: number
            /** 1 is next on its target */
            queuePosition?: number
            error?: {
              class: string
              code: string
              message: string
              hint?: string
              step?: string
              lines?: string[]
            }
            /** Workers that had it in hand */
            attempts: number
            /** RFC 3339, UTC */
            createdAt: string
            /** RFC 3339, UTC */
            startedAt?: string
            /** RFC 3339, UTC */
            finishedAt?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/deployments/{id}/stop": {
    get?: never
    put?: never
    post: {
      /** Stop what is deployed */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        reason?: string
        services?: string[]
      } } }
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            /** UUID */
            deployment: string
            /** UUID */
            target: string
            kind: "deploy" | "rollback" | "stop" | "start" | "restart" | "destroy"
            state: "queued" | "planning" | "awaiting_approval" | "applying" | "verifying" | "rolling_back" | "cancelling" | "succeeded" | "failed" | "rolled_back" | "rollback_failed" | "cancelled"
            reason: string
            author: string
            release?: number
            previousRelease?: number
            /** 1 is next on its target */
            queuePosition?: number
            error?: {
              class: string
              code: string
              message: string
              hint?: string
              step?: string
              lines?: string[]
            }
            /** Workers that had it in hand */
            attempts: number
            /** RFC 3339, UTC */
            createdAt: string
            /** RFC 3339, UTC */
            startedAt?: string
            /** RFC 3339, UTC */
            finishedAt?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/engine/deployments/{id}/containers": {
    get: {
      /** Containers of a deployment */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            items: ({
              id: string
              name: string
              service: string
              number: number
              state: string
              health: string
              exitCode?: number
              createdAt: string
              imageId?: string
              release?: number
              ports: ({
                hostIp: string
                port: number
                protocol: string
              })[]
            })[]
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/engine/deployments/{id}/drift": {
    get: {
      /** How what runs differs from the current release */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            plan: unknown
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/engine/deployments/{id}/logs": {
    get: {
      /** Logs of the containers of a deployment, live */
      parameters: {
        query?: { service?: string; tail?: number; since?: string; follow?: boolean; organization?: string }
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/event-stream": string } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/engine/deployments/{id}/plan": {
    get?: never
    put?: never
    post: {
      /** What a deploy would change now */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            plan: unknown
            refused: ({
              code: string
              path: string
              message: string
              hint: string
            })[]
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/engine/deployments/{id}/stats": {
    get: {
      /** CPU, memory and traffic of the containers, live */
      parameters: {
        query?: { organization?: string }
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/event-stream": string } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/engine/deployments/{id}/terminal": {
    get?: never
    put?: never
    post: {
      /** A one-use ticket for a shell in a container, to open the WebSocket with */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        service: string
        instance?: number
        command?: string[]
      } } }
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** Of the WebSocket; valid for 30 seconds, once */
            path: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/engine/targets/{id}/check": {
    get?: never
    put?: never
    post: {
      /** Look at a target now */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            state: "unknown" | "up" | "down"
            reason?: string
            hint?: string
            /** RFC 3339, UTC */
            checkedAt?: string
            facts: { [name: string]: string | number | boolean }
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/events": {
    get: {
      /** Events of the organization, live */
      parameters: {
        query?: { after?: number; organization?: string }
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/event-stream": string } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/invitations": {
    get: {
      /** Open invitations */
      parameters: {
        query?: { cursor?: string; limit?: number }
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            items: ({
              /** UUID */
              id: string
              email: string
              role: "viewer" | "operator" | "admin" | "owner"
              /** RFC 3339, UTC */
              createdAt: string
              /** RFC 3339, UTC */
              expiresAt: string
            })[]
            next?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post: {
      /** Invite somebody */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        email: string
        role: "viewer" | "operator" | "admin" | "owner"
      } } }
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            email: string
            role: "viewer" | "operator" | "admin" | "owner"
            /** RFC 3339, UTC */
            createdAt: string
            /** RFC 3339, UTC */
            expiresAt: string
            /** Shown this once */
            token: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/invitations/{id}": {
    get?: never
    put?: never
    post?: never
    delete: {
      /** Withdraw an invitation */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    patch?: never
  }
  "/api/v1/me": {
    get: {
      /** Who I am and what I may do */
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            account: {
              /** UUID */
              id: string
              email: string
              name: string
              superadmin: boolean
            }
            organizations: ({
              /** UUID */
              id: string
              slug: string
              name: string
              role: "viewer" | "operator" | "admin" | "owner"
            })[]
            /** By organization id */
            permissions: { [name: string]: string[] }
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/members": {
    get: {
      /** Who belongs to the organization */
      parameters: {
        query?: { cursor?: string; limit?: number }
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            items: ({
              /** UUID */
              id: string
              email: string
              name: string
              role: "viewer" | "operator" | "admin" | "owner"
              disabled: boolean
              /** RFC 3339, UTC */
              since: string
            })[]
            next?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/members/{id}": {
    get?: never
    put?: never
    post?: never
    delete: {
      /** Remove a member */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    patch: {
      /** Change a member's role */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        role: "viewer" | "operator" | "admin" | "owner"
      } } }
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
  }
  "/api/v1/operations": {
    get: {
      /** Operations, newest first */
      parameters: {
        query?: { cursor?: string; limit?: number; deployment?: string; live?: boolean }
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            items: ({
              /** UUID */
              id: string
              /** UUID */
              deployment: string
              /** UUID */
              target: string
              kind: "deploy" | "rollback" | "stop" | "start" | "restart" | "destroy"
              state: "queued" | "planning" | "awaiting_approval" | "applying" | "verifying" | "rolling_back" | "cancelling" | "succeeded" | "failed" | "rolled_back" | "rollback_failed" | "cancelled"
              reason: string
              author: string
              release?: number
              previousRelease?: number
              /** 1 is next on its target */
              queuePosition?: number
              error?: {
                class: string
                code: string
                message: string
                hint?: string
                step?: string
                lines?: string[]
              }
              /** Workers that had it in hand */
              attempts: number
              /** RFC 3339, UTC */
              createdAt: string
              /** RFC 3339, UTC */
              startedAt?: string
              /** RFC 3339, UTC */
              finishedAt?: string
            })[]
            next?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/operations/{id}": {
    get: {
      /** An operation with its plan and steps */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            /** UUID */
            deployment: string
            /** UUID */
            target: string
            kind: "deploy" | "rollback" | "stop" | "start" | "restart" | "destroy"
            state: "queued" | "planning" | "awaiting_approval" | "applying" | "verifying" | "rolling_back" | "cancelling" | "succeeded" | "failed" | "rolled_back" | "rollback_failed" | "cancelled"
            reason: string
            author: string
            release?: number
            previousRelease?: number
            /** 1 is next on its target */
            queuePosition?: number
            error?: {
              class: string
              code: string
              message: string
              hint?: string
              step?: string
              lines?: string[]
            }
            /** Workers that had it in hand */
            attempts: number
            /** RFC 3339, UTC */
            createdAt: string
            /** RFC 3339, UTC */
            startedAt?: string
            /** RFC 3339, UTC */
            finishedAt?: string
            plan?: unknown
            steps: ({
              attempt: number
              step: string
              phase: string
              action: string
              resource: string
              state: string
              message?: string
              /** RFC 3339, UTC */
              startedAt?: string
              /** RFC 3339, UTC */
              finishedAt?: string
            })[]
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/operations/{id}/approve": {
    get?: never
    put?: never
    post: {
      /** Let the plan that was shown be carried out */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        /** Of the plan that was shown */
        fingerprint: string
      } } }
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            /** UUID */
            deployment: string
            /** UUID */
            target: string
            kind: "deploy" | "rollback" | "stop" | "start" | "restart" | "destroy"
            state: "queued" | "planning" | "awaiting_approval" | "applying" | "verifying" | "rolling_back" | "cancelling" | "succeeded" | "failed" | "rolled_back" | "rollback_failed" | "cancelled"
            reason: string
            author: string
            release?: number
            previousRelease?: number
            /** 1 is next on its target */
            queuePosition?: number
            error?: {
              class: string
              code: string
              message: string
              hint?: string
              step?: string
              lines?: string[]
            }
            /** Workers that had it in hand */
            attempts: number
            /** RFC 3339, UTC */
            createdAt: string
            /** RFC 3339, UTC */
            startedAt?: string
            /** RFC 3339, UTC */
            finishedAt?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/operations/{id}/cancel": {
    get?: never
    put?: never
    post: {
      /** End it; what it has changed is put back first */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            /** UUID */
            deployment: string
            /** UUID */
            target: string
            kind: "deploy" | "rollback" | "stop" | "start" | "restart" | "destroy"
            state: "queued" | "planning" | "awaiting_approval" | "applying" | "verifying" | "rolling_back" | "cancelling" | "succeeded" | "failed" | "rolled_back" | "rollback_failed" | "cancelled"
            reason: string
            author: string
            release?: number
            previousRelease?: number
            /** 1 is next on its target */
            queuePosition?: number
            error?: {
              class: string
              code: string
              message: string
              hint?: string
              step?: string
              lines?: string[]
            }
            /** Workers that had it in hand */
            attempts: number
            /** RFC 3339, UTC */
            createdAt: string
            /** RFC 3339, UTC */
            startedAt?: string
            /** RFC 3339, UTC */
            finishedAt?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/operations/{id}/log": {
    get: {
      /** Lines of the log after a number */
      parameters: {
        query?: { after?: number; limit?: number }
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            items: ({
              number: number
              /** RFC 3339, UTC */
              time: string
              level: string
              step?: string
              text: string
            })[]
            /** `after` of the next page */
            next?: number
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/operations/{id}/log/stream": {
    get: {
      /** The log, live, until the operation has ended */
      parameters: {
        query?: { after?: number; organization?: string }
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/event-stream": string } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/organization": {
    get: {
      /** The organization in use */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            slug: string
            name: string
            /** RFC 3339, UTC */
            createdAt: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch: {
      /** Rename the organization in use */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        name: string
      } } }
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            slug: string
            name: string
            /** RFC 3339, UTC */
            createdAt: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
  }
  "/api/v1/organizations": {
    get?: never
    put?: never
    post: {
      /** Create an organization */
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        name: string
      } } }
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            slug: string
            name: string
            role: "viewer" | "operator" | "admin" | "owner"
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/permissions": {
    get: {
      /** The permission matrix */
      parameters: {
        query?: never
        header?: never
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            items: ({
              permission: string
              roles: ("viewer" | "operator" | "admin" | "owner")[]
            })[]
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/registries": {
    get: {
      /** Registries with credentials */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            items: ({
              /** UUID */
              id: string
              host: string
              username: string
              /** RFC 3339, UTC */
              createdAt: string
            })[]
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put: {
      /** Set the credentials of a registry */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        host: string
        username: string
        password: string
      } } }
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            host: string
            username: string
            /** RFC 3339, UTC */
            createdAt: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/registries/{id}": {
    get?: never
    put?: never
    post?: never
    delete: {
      /** Forget the credentials of a registry */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    patch?: never
  }
  "/api/v1/schedules/{id}": {
    get?: never
    put?: never
    post?: never
    delete: {
      /** Delete a schedule */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    patch: {
      /** Change or switch a schedule */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        /** Five fields: minute, hour, day, month, weekday */
        cron?: string
        /** IANA name */
        timezone?: string
        enabled?: boolean
      } } }
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            /** UUID */
            deployment: string
            name: string
            kind: "deploy" | "restart" | "stop" | "start"
            cron: string
            timezone: string
            enabled: boolean
            /** RFC 3339, UTC */
            nextAt?: string
            /** RFC 3339, UTC */
            lastAt?: string
            /** UUID */
            lastOperation?: string
            lastError?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
  }
  "/api/v1/secrets": {
    get: {
      /** Names of secrets */
      parameters: {
        query?: { cursor?: string; limit?: number }
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            items: ({
              /** UUID */
              id: string
              name: string
              description: string
              version: number
              /** RFC 3339, UTC */
              createdAt: string
            })[]
            next?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post: {
      /** Create a secret */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        name: string
        description?: string
        value: string
      } } }
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            name: string
            description: string
            version: number
            /** RFC 3339, UTC */
            createdAt: string
            usedBy: ({
              /** UUID */
              id: string
              name: string
            })[]
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/secrets/{id}": {
    get: {
      /** A secret and who uses it, without its value */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            name: string
            description: string
            version: number
            /** RFC 3339, UTC */
            createdAt: string
            usedBy: ({
              /** UUID */
              id: string
              name: string
            })[]
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete: {
      /** Delete a secret nobody uses */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    patch?: never
  }
  "/api/v1/secrets/{id}/versions": {
    get?: never
    put?: never
    post: {
      /** Give a secret a new value */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        value: string
      } } }
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            name: string
            description: string
            version: number
            /** RFC 3339, UTC */
            createdAt: string
            usedBy: ({
              /** UUID */
              id: string
              name: string
            })[]
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/stacks": {
    get: {
      /** Stacks */
      parameters: {
        query?: { cursor?: string; limit?: number; search?: string }
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            items: ({
              /** UUID */
              id: string
              name: string
              description: string
              latestVersion: number
              /** RFC 3339, UTC */
              createdAt: string
            })[]
            next?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post: {
      /** Create a stack with its first version */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        name: string
        description?: string
        files: ({
          /** Relative to the folder of the stack, with / */
          path: string
          content: string
          encoding?: "utf8" | "base64"
        })[]
        /** Compose files in their order; compose.yaml when absent */
        entry?: string[]
        variables?: ({
          name: string
          type: "string" | "number" | "boolean" | "port" | "secret"
          description?: string
          group?: string
          default?: string
          options?: string[]
          pattern?: string
          required?: boolean
          /** Made when a deployment gives no value */
          generate?: "password" | "port"
        })[]
      } } }
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            name: string
            description: string
            latestVersion: number
            /** RFC 3339, UTC */
            createdAt: string
            version: {
              number: number
              digest: string
              note: string
              /** UUID */
              createdBy?: string
              /** RFC 3339, UTC */
              createdAt: string
              files: ({
                path: string
                content: string
                encoding: string
              })[]
              entry: string[]
              variables: ({
                name: string
                type: "string" | "number" | "boolean" | "port" | "secret"
                description?: string
                group?: string
                default?: string
                options?: string[]
                pattern?: string
                required: boolean
                /** Made when a deployment gives no value */
                generate?: "password" | "port"
              })[]
            }
            warnings: ({
              code: string
              severity: "error" | "warning"
              file: string
              line: number
              column: number
              message: string
              hint?: string
            })[]
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/stacks/check": {
    get?: never
    put?: never
    post: {
      /** Check the files of a stack without storing them; refused with every problem */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        files: ({
          /** Relative to the folder of the stack, with / */
          path: string
          content: string
          encoding?: "utf8" | "base64"
        })[]
        /** Compose files in their order; compose.yaml when absent */
        entry?: string[]
        variables?: ({
          name: string
          type: "string" | "number" | "boolean" | "port" | "secret"
          description?: string
          group?: string
          default?: string
          options?: string[]
          pattern?: string
          required?: boolean
          /** Made when a deployment gives no value */
          generate?: "password" | "port"
        })[]
      } } }
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            digest: string
            entry: string[]
            warnings: ({
              code: string
              severity: "error" | "warning"
              file: string
              line: number
              column: number
              message: string
              hint?: string
            })[]
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/stacks/{id}": {
    get: {
      /** A stack with its newest version */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            name: string
            description: string
            latestVersion: number
            /** RFC 3339, UTC */
            createdAt: string
            version: {
              number: number
              digest: string
              note: string
              /** UUID */
              createdBy?: string
              /** RFC 3339, UTC */
              createdAt: string
              files: ({
                path: string
                content: string
                encoding: string
              })[]
              entry: string[]
              variables: ({
                name: string
                type: "string" | "number" | "boolean" | "port" | "secret"
                description?: string
                group?: string
                default?: string
                options?: string[]
                pattern?: string
                required: boolean
                /** Made when a deployment gives no value */
                generate?: "password" | "port"
              })[]
            }
            warnings: ({
              code: string
              severity: "error" | "warning"
              file: string
              line: number
              column: number
              message: string
              hint?: string
            })[]
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete: {
      /** Delete a stack without deployments */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    patch: {
      /** Rename or describe a stack */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        name?: string
        description?: string
      } } }
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            name: string
            description: string
            latestVersion: number
            /** RFC 3339, UTC */
            createdAt: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
  }
  "/api/v1/stacks/{id}/versions": {
    get: {
      /** Versions, newest first */
      parameters: {
        query?: { cursor?: string; limit?: number }
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            items: ({
              number: number
              digest: string
              note: string
              /** UUID */
              createdBy?: string
              /** RFC 3339, UTC */
              createdAt: string
            })[]
            next?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post: {
      /** Add a version */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        note?: string
        files: ({
          /** Relative to the folder of the stack, with / */
          path: string
          content: string
          encoding?: "utf8" | "base64"
        })[]
        /** Compose files in their order; compose.yaml when absent */
        entry?: string[]
        variables?: ({
          name: string
          type: "string" | "number" | "boolean" | "port" | "secret"
          description?: string
          group?: string
          default?: string
          options?: string[]
          pattern?: string
          required?: boolean
          /** Made when a deployment gives no value */
          generate?: "password" | "port"
        })[]
      } } }
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            name: string
            description: string
            latestVersion: number
            /** RFC 3339, UTC */
            createdAt: string
            version: {
              number: number
              digest: string
              note: string
              /** UUID */
              createdBy?: string
              /** RFC 3339, UTC */
              createdAt: string
              files: ({
                path: string
                content: string
                encoding: string
              })[]
              entry: string[]
              variables: ({
                name: string
                type: "string" | "number" | "boolean" | "port" | "secret"
                description?: string
                group?: string
                default?: string
                options?: string[]
                pattern?: string
                required: boolean
                /** Made when a deployment gives no value */
                generate?: "password" | "port"
              })[]
            }
            warnings: ({
              code: string
              severity: "error" | "warning"
              file: string
              line: number
              column: number
              message: string
              hint?: string
            })[]
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/stacks/{id}/versions/{number}": {
    get: {
      /** One version with its files */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string; number: number }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            number: number
            digest: string
            note: string
            /** UUID */
            createdBy?: string
            /** RFC 3339, UTC */
            createdAt: string
            files: ({
              path: string
              content: string
              encoding: string
            })[]
            entry: string[]
            variables: ({
              name: string
              type: "string" | "number" | "boolean" | "port" | "secret"
              description?: string
              group?: string
              default?: string
              options?: string[]
              pattern?: string
              required: boolean
              /** Made when a deployment gives no value */
              generate?: "password" | "port"
            })[]
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete?: never
    patch?: never
  }
  "/api/v1/targets": {
    get: {
      /** Where things run */
      parameters: {
        query?: { cursor?: string; limit?: number }
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            items: ({
              /** UUID */
              id: string
              name: string
              kind: string
              connection: { [name: string]: unknown }
              hasCredentials: boolean
              /** Operations at the same time */
              concurrency: number
              status: {
                state: "unknown" | "up" | "down"
                reason?: string
                hint?: string
                /** RFC 3339, UTC */
                checkedAt?: string
                facts: { [name: string]: string | number | boolean }
              }
              /** RFC 3339, UTC */
              createdAt: string
            })[]
            next?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post: {
      /** Add a target */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        name: string
        kind: "docker"
        connection: {
          endpoint: "local"
        } | {
          endpoint: "tls"
          host: string
          port: number
        } | {
          endpoint: "ssh"
          host: string
          port?: number
          user: string
          /** A line of a .pub file, or SHA256:...: the only key accepted */
          hostKey: string
        }
        credentials?: {
          ca: string
          cert: string
          key: string
        } | {
          privateKey: string
          passphrase?: string
        }
        concurrency?: number
      } } }
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            name: string
            kind: string
            connection: { [name: string]: unknown }
            hasCredentials: boolean
            /** Operations at the same time */
            concurrency: number
            status: {
              state: "unknown" | "up" | "down"
              reason?: string
              hint?: string
              /** RFC 3339, UTC */
              checkedAt?: string
              facts: { [name: string]: string | number | boolean }
            }
            /** RFC 3339, UTC */
            createdAt: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/targets/{id}": {
    get: {
      /** A target and its state */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            name: string
            kind: string
            connection: { [name: string]: unknown }
            hasCredentials: boolean
            /** Operations at the same time */
            concurrency: number
            status: {
              state: "unknown" | "up" | "down"
              reason?: string
              hint?: string
              /** RFC 3339, UTC */
              checkedAt?: string
              facts: { [name: string]: string | number | boolean }
            }
            /** RFC 3339, UTC */
            createdAt: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post?: never
    delete: {
      /** Remove a target nothing is deployed on */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    patch: {
      /** Change a target */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        name?: string
        connection?: {
          endpoint: "local"
        } | {
          endpoint: "tls"
          host: string
          port: number
        } | {
          endpoint: "ssh"
          host: string
          port?: number
          user: string
          /** A line of a .pub file, or SHA256:...: the only key accepted */
          hostKey: string
        }
        credentials?: {
          ca: string
          cert: string
          key: string
        } | {
          privateKey: string
          passphrase?: string
        }
        concurrency?: number
      } } }
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            /** UUID */
            id: string
            name: string
            kind: string
            connection: { [name: string]: unknown }
            hasCredentials: boolean
            /** Operations at the same time */
            concurrency: number
            status: {
              state: "unknown" | "up" | "down"
              reason?: string
              hint?: string
              /** RFC 3339, UTC */
              checkedAt?: string
              facts: { [name: string]: string | number | boolean }
            }
            /** RFC 3339, UTC */
            createdAt: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
  }
  "/api/v1/tokens": {
    get: {
      /** API tokens */
      parameters: {
        query?: { cursor?: string; limit?: number }
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody?: never
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": {
            items: ({
              /** UUID */
              id: string
              name: string
              /** UUID */
              owner: string
              permissions?: string[]
              /** RFC 3339, UTC */
              createdAt: string
              /** RFC 3339, UTC */
              expiresAt?: string
              /** RFC 3339, UTC */
              lastUsedAt?: string
            })[]
            next?: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    put?: never
    post: {
      /** Create an API token */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path?: never
        cookie?: never
      }
      requestBody: { content: { 'application/json': {
        name: string
        permissions?: string[]
        expiresInDays?: number
      } } }
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": {
            token: {
              /** UUID */
              id: string
              name: string
              /** UUID */
              owner: string
              permissions?: string[]
              /** RFC 3339, UTC */
              createdAt: string
              /** RFC 3339, UTC */
              expiresAt?: string
              /** RFC 3339, UTC */
              lastUsedAt?: string
            }
            /** Shown this once */
            text: string
          } } }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    delete?: never
    patch?: never
  }
  "/api/v1/tokens/{id}": {
    get?: never
    put?: never
    post?: never
    delete: {
      /** Revoke an API token */
      parameters: {
        query?: never
        header?: { 'WindFlow-Organization'?: string }
        path: { id: string }
        cookie?: never
      }
      requestBody?: never
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never }
        default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components['schemas']['Problem'] } }
      }
    }
    patch?: never
  }
}

export interface components {
  schemas: {
    Problem: {
      type: string
      title: string
      status: number
      /** Stable; for programs */
      code: string
      /** For people */
      detail: string
      hint?: string
      requestId: string
      errors?: ({
        /** JSON pointer */
        path: string
        message: string
      })[]
    }
  }
}
