/**
 * Moves labels apart that stand one above the other: as little as keeps neighbours `distance`
 * apart, in the unit of `places`, without changing their order. Answers in the order of `places`.
 */
export const spreadLabels = (places: ReadonlyArray<number>, distance: number): ReadonlyArray<number> => {
  const order = places.map((_, index) => index).sort((a, b) => (places[a] as number) - (places[b] as number))
  // Labels that touch become a block, centred on the mean of where its labels would stand.
  let blocks = order.map((index) => ({ members: [index], centre: places[index] as number }))
  const reach = ({ members }: { readonly members: ReadonlyArray<number> }) => ((members.length - 1) * distance) / 2
  for (;;) {
    const touching = blocks.findIndex((block, index) => {
      const next = blocks[index + 1]
      return next !== undefined && next.centre - reach(next) - (block.centre + reach(block)) < distance * (1 - 1e-9)
    })
    const [one, next] = [blocks[touching], blocks[touching + 1]]
    if (one === undefined || next === undefined) break
    const members = [...one.members, ...next.members]
    const centre = members.reduce((sum, index) => sum + (places[index] as number), 0) / members.length
    blocks = [...blocks.slice(0, touching), { members, centre }, ...blocks.slice(touching + 2)]
  }
  const spread = [...places]
  for (const block of blocks) {
    for (const [position, index] of block.members.entries()) spread[index] = block.centre - reach(block) + position * distance
  }
  return spread
}
