import type { Progress } from "./state.ts"

/** `8.3 s`, `4 min 12 s`, `2 h 5 min`. */
export const duration = (seconds: number): string => {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** `8 s`, `4 min`, `2 h 5 min`: no more digits than a guess has. */
export const roughly = (seconds: number): string => {
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  if (seconds < 3570) return `${Math.round(seconds / 60)} min`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? "" : ` ${minutes % 60} min`}`
}

/** `120/600 · 24.1/s · 20.0 s left · loss 0.312` */
export const progressText = ({ step, total, rate, values }: Pick<Progress, "step" | "total" | "rate" | "values">): string =>
  [
    `${step}/${total}`,
    ...(rate === null ? [] : [`${number(rate)}/s`]),
    ...(rate === null || step >= total ? [] : [`${duration((total - step) / rate)} left`]),
    ...Object.entries(values).map(([name, value]) => `${name} ${number(value)}`),
  ].join(" · ")

/** Three significant digits; whole thousands are left whole. */
const number = (value: number): string =>
  Number.isFinite(value) && Math.abs(value) >= 1000
    ? value.toFixed(0)
    : Number.isFinite(value)
      ? String(Number(value.toPrecision(3)))
      : String(value)

/** At most so many columns; what is cut shows as an ellipsis. */
export const shorten = (text: string, columns: number): string =>
  text.length <= columns ? text : `${text.slice(0, Math.max(columns - 1, 0))}…`

/** A name that keeps its end, which tells siblings apart: `…seed=1.online`. */
export const shortenStart = (text: string, columns: number): string =>
  text.length <= columns ? text : `…${text.slice(text.length - columns + 1)}`
