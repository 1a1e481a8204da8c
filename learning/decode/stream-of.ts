/**
 * The index of the random numbers of what has this id (an int32), in [0, 2³²): the id of a prompt
 * or a pair names them, and not its place in a table, so that a table may grow.
 */
export const streamOf = (id: number): number => id >>> 0
