/**
 * The same function, which tokenizes each pair once however often it comes: epochs repeat them.
 * Pairs are told apart as objects.
 */
export const tokenizeOnce = <Pair extends object, Tokens>(tokenize: (pair: Pair) => Tokens): ((pair: Pair) => Tokens) => {
  const tokensByPair = new Map<Pair, Tokens>()
  return (pair) => {
    const tokens = tokensByPair.get(pair) ?? tokenize(pair)
    tokensByPair.set(pair, tokens)
    return tokens
  }
}
