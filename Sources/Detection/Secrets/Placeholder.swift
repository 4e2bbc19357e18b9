/// Tells a string that could be a secret from a word, a variable or a stand-in.
enum Placeholder {
    /// Texts that show up in documentation and samples instead of a secret, lower-case.
    private static let telltales = [
        "example", "changeme", "change_me", "change-me", "placeholder", "your", "xxxx", "dummy", "sample", "todo",
        "insert", "replace", "redacted", "secret", "password", "passwd", "username", "undefined", "null", "none",
        "foobar", "localhost", "12345678", "abcdefgh", "test", "fake", "mock", "default", "enter", "****", "....",
        "hidden", "invalid", "required", "optional", "description", "string",
    ]

    /// Openings of a reference to a value that lies elsewhere.
    private static let references = ["${", "{{", "<", "%(", "%s", "%{", "#{", "$(", "@{", "env.", "process.env", "os."]

    /// True where the text is no secret: a stand-in, a reference, a repeated or counted-up string, prose.
    static func isLikely(_ text: String) -> Bool {
        let lower = text.lowercased()
        if telltales.contains(where: lower.contains) || references.contains(where: lower.contains) { return true }
        let characters = Array(lower.unicodeScalars)
        if Set(characters).count < 4 { return true }
        let words = lower.split(separator: " ")
        if words.count >= 3, words.allSatisfy({ $0.allSatisfy(\.isLetter) }) { return true }
        return isRun(characters)
    }

    /// True where people who write tests would have made the text up on the spot: short, and of letters and digits as
    /// they come to mind.
    static func isMadeUp(_ text: String) -> Bool {
        guard text.utf8.count < 20 else { return false }
        let kinds = [
            text.contains(where: \.isLowercase), text.contains(where: \.isUppercase),
            text.contains(where: \.isNumber), text.contains { !$0.isLetter && !$0.isNumber },
        ].count { $0 }
        return kinds < 3 || text.utf8.count < 8 || isLikely(text)
    }

    /// Most characters follow their neighbour in the alphabet: `abcdef`, `987654`.
    private static func isRun(_ characters: [Unicode.Scalar]) -> Bool {
        let steps = zip(characters, characters.dropFirst()).map { Int($1.value) - Int($0.value) }
        let dominant = [1, -1, 0].map { step in steps.count { $0 == step } }.max() ?? 0
        return dominant * 4 >= steps.count * 3
    }
}
