import { Effect, Layer } from "effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import type { Configuration } from "./configuration.ts"

/** Whether the command ends: there is no time left to try again. */
export interface Closing {
  isClosing: boolean
}

/**
 * Speaks to the collector. A request that gets no answer ends after a while, so that what waits to
 * be sent does not grow with the length of a run; and where the command ends and no collector is
 * there, it is not tried again.
 */
export const collectorClient = ({ timeoutMs }: Configuration, closing: Closing): Layer.Layer<HttpClient.HttpClient> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (client) =>
      HttpClient.transformResponse(client, (response) =>
        Effect.catchIf(
          Effect.timeout(response, timeoutMs),
          () => closing.isClosing,
          // Exporters try again what failed, and give up at a defect.
          Effect.die,
        ),
      ),
    ),
  ).pipe(Layer.provide(FetchHttpClient.layer)) as Layer.Layer<HttpClient.HttpClient>
