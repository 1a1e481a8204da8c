import type { Configuration, Shapes } from "./configuration.ts"

/**
 * The first word of the names of a model's body, with its point: "transformer.", "model.". Weights
 * outside of the body, such as an output layer, have another.
 */
export const bodyPrefix = (shapes: Shapes): string => /^[^.]+\./.exec(Object.keys(shapes)[0] ?? "")?.[0] ?? ""

/** The parameters of a model but for its output layer; one that is the embedding is in the body. */
export const bodyShapes = ({ shapes, output }: Pick<Configuration, "shapes" | "output">): Shapes => {
  const prefix = bodyPrefix(shapes)
  return Object.fromEntries(Object.entries(shapes).filter(([name]) => name !== output || name.startsWith(prefix)))
}
