/// Finds regular expressions whose search can take time exponential in the length of the text.
///
/// That needs a loop that can read one text in two ways, so that n rounds can be read in 2^n ways, and something after
/// it that fails: an engine that backtracks then tries them all. Decided on the automaton of positions (Glushkov's), in
/// which an edge that two loops make counts twice.
package struct RegexAmbiguity {
    private var classes: [CharacterClass?] = []
    private var followers: [[Int]] = []
    private var finals: Set<Int> = []
    private var isTooLarge = false
    /// Parts added so far: copies of copies of nothing have no positions to count.
    private var parts = 0

    /// A part of the automaton: where it begins and ends, and whether it may take nothing.
    private struct Part {
        var first: [Int] = []
        var last: [Int] = []
        var isOptional = true
    }

    private static let mostPositions = 400
    private static let mostParts = 20_000
    /// Copies made of something repeated up to a limit; more would only repeat what the first show.
    private static let mostCopies = 10
    /// From this limit on a repetition counts as one without.
    private static let asGoodAsUnlimited = 100

    /// - Parameters:
    ///   - pattern: the expression without its delimiters.
    ///   - isWhole: whether it has to match up to the end of the text though it does not say so.
    /// - Returns: false also where the expression is not understood.
    package static func explodes(_ pattern: [UInt8], isWhole: Bool = false) -> Bool {
        guard let node = RegexParser.parse(pattern) else { return false }
        var automaton = Self()
        let root = automaton.add(isWhole ? .sequence([node, .end]) : node, inLoop: false)
        automaton.finals = Set(root.last)
        return !automaton.isTooLarge && automaton.hasExplosiveLoop
    }

    private mutating func add(_ node: RegexNode, inLoop: Bool) -> Part {
        parts += 1
        if parts > Self.mostParts { isTooLarge = true }
        guard !isTooLarge else { return Part() }
        switch node {
        case .empty: return Part()
        case .look:
            // What it forbids may be the second way.
            if inLoop { isTooLarge = true }
            return Part()
        case .end:
            if inLoop { isTooLarge = true }
            return position(nil)
        case .take(let characters): return position(characters)
        case .sequence(let items): return items.reduce(Part()) { joined($0, add($1, inLoop: inLoop)) }
        case .choice(let branches):
            var result = Part(isOptional: false)
            for branch in branches {
                let part = add(branch, inLoop: inLoop)
                result.first += part.first
                result.last += part.last
                result.isOptional = result.isOptional || part.isOptional
            }
            return result
        case .repeated(let inner, let least, let most): return repeated(inner, least, most, inLoop)
        }
    }

    private mutating func position(_ characters: CharacterClass?) -> Part {
        guard classes.count < Self.mostPositions else {
            isTooLarge = true
            return Part()
        }
        classes.append(characters)
        followers.append([])
        return Part(first: [classes.count - 1], last: [classes.count - 1], isOptional: false)
    }

    private mutating func joined(_ left: Part, _ right: Part) -> Part {
        for position in left.last { followers[position] += right.first }
        return Part(
            first: left.isOptional ? left.first + right.first : left.first,
            last: right.isOptional ? left.last + right.last : right.last,
            isOptional: left.isOptional && right.isOptional)
    }

    private mutating func repeated(_ inner: RegexNode, _ least: Int, _ most: Int?, _ inLoop: Bool) -> Part {
        if let most, most < Self.asGoodAsUnlimited {
            let copies = min(most, Self.mostCopies)
            let needed = min(least, copies)
            // x{1,3} is x(x(x)?)?: nested, so that leaving copies out is possible in one way only.
            var tail = Part()
            for _ in 0..<max(0, copies - needed) {
                let copy = add(inner, inLoop: inLoop)
                tail = joined(copy, tail)
                tail.isOptional = true
            }
            return (0..<needed).reduce(tail) { rest, _ in joined(add(inner, inLoop: inLoop), rest) }
        }
        var loop = add(inner, inLoop: true)
        for position in loop.last { followers[position] += loop.first }
        if least == 0 { loop.isOptional = true }
        return (1..<max(1, min(least, Self.mostCopies))).reduce(loop) { rest, _ in
            joined(add(inner, inLoop: inLoop), rest)
        }
    }

    // MARK: Loops

    private var hasExplosiveLoop: Bool {
        loops.contains { loop in canFail(after: loop) && isAmbiguous(loop) }
    }

    /// The sets of positions that can all be reached from one another.
    private var loops: [Set<Int>] {
        var known: Set<Int> = []
        let reached = classes.indices.map { reachable(from: followers[$0]) }
        var result: [Set<Int>] = []
        for start in classes.indices where !known.contains(start) && reached[start].contains(start) {
            let loop = reached[start].filter { reached[$0].contains(start) }
            known.formUnion(loop)
            result.append(loop)
        }
        return result
    }

    private func reachable(from starts: [Int]) -> Set<Int> {
        var seen = Set(starts)
        var open = Array(seen)
        while let position = open.popLast() {
            for next in followers[position] where seen.insert(next).inserted { open.append(next) }
        }
        return seen
    }

    /// False where the match is made as soon as the loop is left.
    private func canFail(after loop: Set<Int>) -> Bool {
        !loop.contains { position in
            finals.contains(position) || followers[position].contains { !loop.contains($0) && takesTheRest($0) }
        }
    }

    /// `.*` at the end.
    private func takesTheRest(_ position: Int) -> Bool {
        guard classes[position]?.takesNearlyAll == true, followers[position].contains(position) else { return false }
        return finals.contains(position)
            || followers[position].contains { classes[$0] == nil && finals.contains($0) }
    }

    /// True where two ways through the loop part, read the same, and meet again.
    private func isAmbiguous(_ loop: Set<Int>) -> Bool {
        let inside = loop.sorted()
        let next = Dictionary(uniqueKeysWithValues: inside.map { ($0, followers[$0].filter(loop.contains)) })
        if next.values.contains(where: { Set($0).count < $0.count }) { return true }
        guard inside.count <= Self.mostCompared else { return false }
        var before: [Pair: [Pair]] = [:]
        var seen = Set(inside.map { Pair(one: $0, other: $0) })
        var open = Array(seen)
        while let pair = open.popLast() {
            for one in next[pair.one] ?? [] {
                for other in next[pair.other] ?? [] where overlap(one, other) {
                    let following = Pair(one: one, other: other)
                    before[following, default: []].append(pair)
                    if seen.insert(following).inserted { open.append(following) }
                }
            }
        }
        return canReturn(before, from: inside.map { Pair(one: $0, other: $0) })
    }

    private static let mostCompared = 60

    /// Two places at which two ways through the loop are after the same text.
    private struct Pair: Hashable {
        let one: Int
        let other: Int
    }

    /// True where some pair of different places leads back to a common one.
    private func canReturn(_ before: [Pair: [Pair]], from ends: [Pair]) -> Bool {
        var seen = Set(ends)
        var open = ends
        while let pair = open.popLast() {
            for earlier in before[pair] ?? [] where seen.insert(earlier).inserted {
                if earlier.one != earlier.other { return true }
                open.append(earlier)
            }
        }
        return false
    }

    private func overlap(_ one: Int, _ other: Int) -> Bool {
        guard let first = classes[one], let second = classes[other] else { return false }
        return first.overlaps(second)
    }
}
