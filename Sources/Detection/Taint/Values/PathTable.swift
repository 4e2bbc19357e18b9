/// Numbers the types and origins of values: `HttpServletRequest`, `flask.request.args`, `sqlite3.connect()`.
struct PathTable {
    private var numbers: [String: Int] = ["": 0]
    private var texts = [""]
    private var children: [Child: Int] = [:]

    private struct Child: Hashable {
        let parent: Int
        let name: String
    }

    /// Longer chains are not followed.
    private static let longest = 200

    mutating func number(_ text: String) -> Int {
        if let known = numbers[text] { return known }
        guard text.utf8.count <= Self.longest else { return 0 }
        numbers[text] = texts.count
        texts.append(text)
        return texts.count - 1
    }

    func text(_ number: Int) -> String { texts[number] }

    /// The path of a member of something with a path; 0 stays 0.
    mutating func child(_ parent: Int, _ name: String) -> Int {
        guard parent != 0 else { return 0 }
        let key = Child(parent: parent, name: name)
        if let known = children[key] { return known }
        let new = number(texts[parent] + "." + name)
        children[key] = new
        return new
    }
}
