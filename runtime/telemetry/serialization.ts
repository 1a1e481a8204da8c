import { Effect, Layer } from "effect"
import { OtlpSerialization } from "effect/observability"
import type { Configuration } from "./configuration.ts"

type Serialization = OtlpSerialization.OtlpSerialization

/**
 * Spells what is sent. Effect keeps the unit of a metric among its attributes, and adds the number
 * of a fiber to every log record: both are left out of the attributes.
 */
export const serialization = (protocol: Configuration["protocol"]): Layer.Layer<Serialization> =>
  Layer.effect(
    OtlpSerialization.OtlpSerialization,
    Effect.map(OtlpSerialization.OtlpSerialization, ({ traces, metrics, logs }) => ({
      traces,
      metrics: (data) => metrics(withoutAttribute(data, "unit")),
      logs: (data) => logs(withoutAttribute(data, "effect.fiberId")),
    })),
  ).pipe(Layer.provide(protocol === "http/json" ? OtlpSerialization.layerJson : OtlpSerialization.layerProtobuf))

/** The same data, without the attributes of that name. */
const withoutAttribute = <A>(data: A, name: string): A => {
  if (Array.isArray(data)) return data.filter((each) => !isAttribute(each, name)).map((each) => withoutAttribute(each, name)) as A
  if (typeof data !== "object" || data === null || data instanceof Uint8Array) return data
  return Object.fromEntries(Object.entries(data).map(([field, value]) => [field, withoutAttribute(value, name)])) as A
}

const isAttribute = (value: unknown, name: string): boolean =>
  typeof value === "object" && value !== null && "key" in value && "value" in value && value.key === name
