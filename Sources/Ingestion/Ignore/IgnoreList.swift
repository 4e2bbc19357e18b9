import OrchestratorCore

/// The patterns of one ignore file. The last one that matches decides.
struct IgnoreList: Sendable {
    /// What the report calls the file: `.gitignore`, `src/.gitignore`, `info/exclude`.
    let source: String
    /// The folder the patterns are relative to: empty, or a path ending in `/`.
    private let base: [UInt8]
    private let patterns: [IgnorePattern]
    private let ignoreCase: Bool
    /// Plain names and `*.ext` suffixes, found by one look-up; numbers ascending. Everything else is tried in turn.
    private var names: [ArraySlice<UInt8>: [Int]] = [:]
    private var extensions: [ArraySlice<UInt8>: [Int]] = [:]
    private var others: [Int] = []

    /// Nil where the file holds no pattern.
    init?(_ content: [UInt8], source: String, base: [UInt8], ignoreCase: Bool) {
        let bom: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = content.starts(with: bom) ? content[3...] : content[...]
        patterns = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
            .compactMap { number, line in
                // The last line, without LF, keeps its CR.
                let isEnded = line.endIndex < text.endIndex
                let bare = isEnded && line.last == UInt8(ascii: "\r") ? line.dropLast() : line
                return IgnorePattern(bare, line: number + 1)
            }
        guard !patterns.isEmpty else { return nil }
        self.source = source
        self.base = base
        self.ignoreCase = ignoreCase
        for (number, pattern) in patterns.enumerated() {
            if !ignoreCase, pattern.nameOnly, pattern.isLiteral {
                names[pattern.bytes[...], default: []].append(number)
            } else if !ignoreCase, pattern.nameOnly, pattern.isSuffix, pattern.bytes.dropFirst().first == Self.dot {
                extensions[pattern.bytes.dropFirst(), default: []].append(number)
            } else {
                others.append(number)
            }
        }
    }

    private static let dot = UInt8(ascii: ".")

    /// What the list says of a path: nil for nothing.
    /// - Parameter path: relative to the folder all lists share, without a trailing slash.
    func verdict(_ path: [UInt8], isFolder: Bool) -> IgnoreVerdict? {
        guard path.count > base.count, path.starts(with: base) else { return nil }
        let nameStart = (path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1
        var best = bestIndexed(path[nameStart...], isFolder: isFolder)
        path.withUnsafeBufferPointer { whole in
            let relative = UnsafeBufferPointer(rebasing: whole[base.count...])
            for number in others.reversed() {
                guard number > best else { break }
                if patterns[number].matches(
                    relative, nameStart: nameStart - base.count, isFolder: isFolder, ignoreCase: ignoreCase)
                {
                    best = number
                    break
                }
            }
        }
        guard best >= 0 else { return nil }
        return IgnoreVerdict(isIgnored: !patterns[best].isNegated, source: source, line: patterns[best].line)
    }

    private func bestIndexed(_ name: ArraySlice<UInt8>, isFolder: Bool) -> Int {
        var best = -1
        func consider(_ numbers: [Int]?) {
            guard let numbers else { return }
            if let last = numbers.last(where: { isFolder || !patterns[$0].foldersOnly }) { best = max(best, last) }
        }
        if !names.isEmpty { consider(names[name]) }
        if !extensions.isEmpty {
            var index = name.startIndex
            while let dot = name[index...].firstIndex(of: Self.dot) {
                consider(extensions[name[dot...]])
                index = dot + 1
            }
        }
        return best
    }
}

/// What an ignore file decided, and which of its lines did.
struct IgnoreVerdict: Sendable, Hashable {
    let isIgnored: Bool
    let source: String
    let line: Int

    var place: String { line > 0 ? "\(source):\(line)" : source }
}
