import OrchestratorCore

/// Constants that name a class or module, looked up in the files they are loaded from.
extension FlowLinker {
    /// The file that holds a class or module, `A::BigThing` in `a/big_thing`: of several the one beside, else a model.
    func constantSource(of name: String, near: RepositoryPath?) -> Unit? {
        let parts = name.split(separator: ":").map { Self.snakeCase(String($0)) }
        guard let last = parts.last else { return nil }
        let origin = near ?? examined
        let wanted = "/" + parts.joined(separator: "/")
        let fitting = lookup.paths(named: last, language).filter { path in
            path != origin && ("/" + Self.stem(path.text)).hasSuffix(wanted) && PathContext(path, language) != .test
        }
        if fitting.count == 1 { return unit(fitting[0]) }
        let beside = fitting.first { Self.folder($0.text) == Self.folder(origin.text) }
        let model = fitting.first { ("/" + $0.text).hasSuffix("/models" + wanted + ".rb") }
        return (beside ?? model).flatMap(unit)
    }

    /// `HTTPClient` -> `http_client`.
    private static func snakeCase(_ name: String) -> String {
        let letters = Array(name)
        var result = ""
        for (index, letter) in letters.enumerated() {
            let isStart = index > 0 && letter.isUppercase
            let next = index + 1 < letters.count ? letters[index + 1] : "A"
            if isStart, !letters[index - 1].isUppercase || (next.isLowercase && letters[index - 1] != "_") {
                result += "_"
            }
            result += letter.lowercased()
        }
        return result
    }
}
