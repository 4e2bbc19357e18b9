import OrchestratorCore
import TestSupport
import Testing

@Suite struct DigestTests {
    @Test func theDigestOfNothingIsTheKnownOneAndReadsBack() throws {
        let digest = Digest(of: "")
        #expect(digest.description == "s256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(Digest(digest.description) == digest)
        #expect(Digest(of: digest.bytes) != digest)
    }

    @Test(arguments: ["", "s256:", "s256:xyz", "sha256:" + String(repeating: "0", count: 64)])
    func whatIsNoDigestIsRefused(text: String) { #expect(Digest(text) == nil) }

    @Test func partsAreKeptApart() {
        #expect(Digest(parts: ["ab", "c"]) != Digest(parts: ["a", "bc"]))
        #expect(Digest(parts: ["ab"]) != Digest(parts: ["ab", ""]))
    }
}

@Suite struct RepositoryPathTests {
    @Test func anyBytesSurviveTheTextForm() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<proofCount(quick: 2000, full: 100_000) {
            let bytes = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                generator.chance(40)
                    ? generator.pick([34, 92, 10, 9, 7, 0x7F, 0x80, 0xFF, 0xE9, 0x20])
                    : UInt8.random(in: 1...255, using: &generator)
            }
            let path = RepositoryPath(bytes: bytes)
            #expect(RepositoryPath(text: path.text) == path, "\(bytes)")
            #expect(!path.text.contains("\n"))
        }
    }

    @Test(arguments: [
        ("plain.txt", "plain.txt"), ("with blank", "with blank"), ("tab\there", #""tab\there""#), ("é", "é"),
        ("quote\"", #""quote\"""#),
    ])
    func quotingIsGits(name: String, text: String) { #expect(RepositoryPath(name).text == text) }

    @Test func pathsSortByBytes() {
        #expect(
            [RepositoryPath("b"), RepositoryPath("a/b"), RepositoryPath("a.b")].sorted().map(\.text) == [
                "a.b", "a/b", "b",
            ])
    }

    @Test func aURIEncodesWhatCouldBeMisread() {
        #expect(RepositoryPath("a b/<x>#?.py").uri == "a%20b/%3Cx%3E%23%3F.py")
    }
}

@Suite struct TextTests {
    @Test func whatHidesIsShown() {
        #expect(VisibleText.of("a\u{202E}b\u{1B}[31m\r\u{200B}\tc\n") == "a⟨U+202E⟩b⟨U+001B⟩[31m⟨U+000D⟩⟨U+200B⟩\tc\n")
    }

    @Test func jsonTextEscapesWhatMustBe() {
        let value: JSONValue = ["a\"\\\n\u{1}": ["x", 1, .null, .bool(true), "\u{202E}é🙂"]]
        #expect(value.text == #"{"a\"\\\n\u0001":["x",1,null,true,"\u202eé🙂"]}"#)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (4_102_444_799, "2099-12-31T23:59:59Z"),
        (-1, "1969-12-31T23:59:59Z"),
    ])
    func momentsAreCivilDates(seconds: Int64, text: String) {
        #expect(Timestamp(seconds: seconds).description == text)
    }

    @Test func namedIdsAreVersionFiveAndStable() {
        let id = NamedUUID.make("finding", "1")
        #expect(id == NamedUUID.make("finding", "1"))
        #expect(id != NamedUUID.make("finding", "2"))
        #expect(Array(id)[14] == "5" && "89ab".contains(Array(id)[19]))
    }
}
