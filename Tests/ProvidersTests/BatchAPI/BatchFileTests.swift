import Foundation
import OrchestratorCore
import Providers
import TestSupport
import Testing

/// Files of requests and results for an engine that works offline.
@Suite struct BatchFileTests {
    private static func request(_ number: Int) -> CompletionRequest {
        var request = ConformanceTests.request(ServerDialect(wire: .openai), isStreamed: true)
        request.messages = [.init(.user, "line one\r\nline two \(number) \u{2028} \"quoted\"")]
        return request
    }

    private static func answer(_ id: String, _ text: String = "done") -> String {
        let body = ServerDialect(wire: .openai).whole(.init(text: text))
        return
            "{\"id\":\"x\",\"custom_id\":\"\(id)\",\"response\":{\"status_code\":200,\"body\":\(body)},\"error\":null}"
    }

    private func read(_ text: String, ids: Set<String> = ["a", "b", "c"]) throws -> [BatchResult] {
        let folder = try TemporaryFolder()
        try folder.write(text, to: "results.jsonl")
        var reader = try BatchFile.read(folder.path + "/results.jsonl") { ids.contains($0) ? Self.request(1) : nil }
        var results: [BatchResult] = []
        while let result = try reader.next() { results.append(result) }
        #expect(reader.seen == Set(results.map(\.id)))
        return results
    }

    private func problem(_ text: String) -> String {
        do {
            return "no error: \(try read(text))"
        } catch {
            return "\(error)"
        }
    }

    // MARK: Requests

    @Test func eachRequestIsOneLineOfWhatASingleOneWouldSend() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/requests.jsonl"
        try BatchFile.write((0..<3).lazy.map { ("id-\($0)", Self.request($0)) }, to: path)
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 3)
        for (number, line) in lines.enumerated() {
            let json = try JSONParser.parse(String(line))
            #expect(json["custom_id"]?.text == "id-\(number)")
            #expect(json["method"]?.text == "POST" && json["url"]?.text == "/v1/chat/completions")
            let body = try #require(json["body"])
            #expect(body["model"]?.text == "model-1" && body["max_tokens"]?.int == 100)
            #expect(body["messages"]?[1]?["content"]?.text == Self.request(number).messages[0].text)
            #expect(body["response_format"]?["json_schema"]?["name"]?.text == "findings")
            #expect(body["stream"] == nil && body["stream_options"] == nil)
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test(arguments: [["a", "a"], ["a", ""], ["a", "b c"], ["a", String(repeating: "x", count: 65)]])
    func anIDThatCannotBeJoinedIsRefusedAndNothingIsLeft(ids: [String]) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/requests.jsonl"
        let error = #expect(throws: BatchFileError.self) {
            try BatchFile.write(ids.map { ($0, Self.request(1)) }, to: path)
        }
        #expect(error?.line == 2)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        let nowhere = #expect(throws: BatchFileError.self) { try BatchFile.write([], to: folder.path + "/no/file") }
        #expect(nowhere?.description.contains("cannot be written") == true)
    }

    // MARK: Results

    @Test func answersAreReadInAnyOrderWithWhateverBecameOfThem() throws {
        let refused =
            "{\"custom_id\":\"a\",\"response\":{\"status_code\":400,\"request_id\":\"r\"},"
            + "\"error\":{\"object\":\"error\",\"message\":\"maximum context length is 10\",\"code\":400}}"
        let results = try read(
            "\u{FEFF}" + Self.answer("c") + "\r\n\n" + refused + "\n"
                + "{\"custom_id\":\"b\",\"response\":null,\"error\":{\"code\":\"batch_expired\",\"message\":\"late\"}}")
        #expect(results.map(\.id) == ["c", "a", "b"])
        let completion = try results[0].result.get()
        #expect(completion.text == "done" && completion.usage == Usage(inputTotal: 40, output: 7))
        guard case .failure(let overflow) = results[1].result, case .failure(let expired) = results[2].result else {
            throw Unexpected("\(results)")
        }
        #expect(overflow.code == .contextOverflow && overflow.billing == .notBilled && overflow.status == 400)
        #expect(expired.code == .timedOut && expired.billing == .notBilled)
    }

    @Test func anAnswerIsJudgedAsASingleOneWouldBe() throws {
        let cases: [(String, String, Billing)] = [
            (
                Self.answer("a").replacing("\"finish_reason\":\"stop\",", with: ""), "why it ended",
                .billed(Usage(inputTotal: 40, output: 7)!)
            ),
            (Self.answer("a", ""), "no text", .billed(Usage(inputTotal: 40, output: 7)!)),
            ("{\"custom_id\":\"a\",\"response\":{\"status_code\":200,\"body\":{}}}", "no choices", .unknown),
            ("{\"custom_id\":\"a\"}", "neither an answer nor an error", .unknown),
            ("{\"custom_id\":\"a\",\"error\":{\"message\":\"broke\"}}", "broke", .unknown),
        ]
        for (line, words, billing) in cases {
            guard case .failure(let error) = try read(line)[0].result else { throw Unexpected(line) }
            #expect(error.description.contains(words) && error.billing == billing, "\(error)")
        }
    }

    @Test func aLineThatCannotBeUsedIsNamed() throws {
        let good = Self.answer("a") + "\n"
        #expect(problem(good + Self.answer("z")).hasSuffix("results.jsonl:2: no request has the id 'z'"))
        #expect(problem(good + "\n" + Self.answer("a")).hasSuffix("results.jsonl:3: a second answer for 'a'"))
        for length in [1, 20, 60] {
            let cut = String(Self.answer("b").prefix(length))
            #expect(problem(good + cut).hasSuffix("results.jsonl:2: the line is cut off"), "\(problem(good + cut))")
        }
        #expect(problem(good + "{\"custom_id\":7}").contains(":2: expected the key 'custom_id'"))
        #expect(problem("<html>").contains("results.jsonl:1: not JSON"))
        #expect(problem(String(repeating: "x", count: 17 << 20)).contains(":1: expected lines of at most"))
        #expect(problem("{\"custom_id\":\"\u{202E}z\\n\"}").contains("no request has the id ' z '"))
        #expect(throws: BatchFileError.self) { try BatchFile.read("/") { _ in nil } }
        #expect(throws: BatchFileError.self) { try BatchFile.read("/nowhere/at/all") { _ in nil } }
    }

    @Test func resultsBeforeABadLineStand() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.answer("a") + "\n" + Self.answer("b").dropLast(), to: "r.jsonl")
        var reader = try BatchFile.read(folder.path + "/r.jsonl") { _ in Self.request(1) }
        #expect(try reader.next()?.id == "a")
        #expect(throws: BatchFileError.self) { try reader.next() }
        #expect(reader.seen == ["a"])
    }

    /// 1 GB where SECORCH_PROOF asks for full counts.
    @Test func aLargeFileIsReadInLittleMemory() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/large.jsonl"
        let count = proofCount(quick: 1_000, full: 64_000)
        try #require(FileManager.default.createFile(atPath: path, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: path))
        let text = String(repeating: "answer ", count: 2300)
        for number in 0..<count { try handle.write(contentsOf: Data((Self.answer("n\(number)", text) + "\n").utf8)) }
        try handle.close()
        let before = try Self.peakMemory()
        var reader = try BatchFile.read(path) { _ in Self.request(1) }
        var answered = 0
        while let result = try reader.next() { if (try? result.result.get()) != nil { answered += 1 } }
        #expect(answered == count)
        let grown = try Self.peakMemory() - before
        #expect(grown < 256 << 20, "\(grown) bytes for \(count) lines of 16 kB")
    }

    /// The most memory this process has held, in bytes.
    private static func peakMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.filter(\.isNumber))) * 1024
    }
}
