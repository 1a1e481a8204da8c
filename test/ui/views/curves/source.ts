import type { MetricSource } from "../../../../serve/api.ts"

/** A stage of run "r1" that measured loss and KL. */
export const sourceOf = (arm: string, at: Readonly<Record<string, string>>, given: Partial<MetricSource> = {}): MetricSource => ({
  run: "r1",
  id: `${arm}.${Object.entries(at)
    .map(([axis, value]) => `${axis}=${value}`)
    .join(",")}`,
  arm,
  at,
  names: ["loss", "kl"],
  live: false,
  ...given,
})
