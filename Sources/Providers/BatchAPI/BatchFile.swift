import Foundation
package import OrchestratorCore

/// Requests and results as files of lines, for an engine that works offline or an upload by hand.
package enum BatchFile {
    /// Writes one line for each request. The file appears under its name only when it is complete, readable by its owner.
    package static func write(
        _ requests: some Sequence<(id: String, request: CompletionRequest)>, to path: String
    ) throws(BatchFileError) {
        let unfinished = path + ".unfinished"
        func failed(_ problem: String) -> BatchFileError { BatchFileError(path: path, line: nil, problem: problem) }
        guard FileManager.default.createFile(atPath: unfinished, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: unfinished)
        else { throw failed("cannot be written: \(String(cString: strerror(errno)))") }
        do throws(BatchFileError) {
            try write(requests, to: handle, path)
            guard rename(unfinished, path) == 0 else {
                throw failed("cannot be put in place: \(String(cString: strerror(errno)))")
            }
        } catch {
            unlink(unfinished)
            throw error
        }
    }

    private static func write(
        _ requests: some Sequence<(id: String, request: CompletionRequest)>, to handle: FileHandle, _ path: String
    ) throws(BatchFileError) {
        var buffer: [UInt8] = []
        var ids: Set<String> = []
        func flush() throws(BatchFileError) {
            do { try handle.write(contentsOf: buffer) } catch {
                throw BatchFileError(path: path, line: nil, problem: "cannot be written: \(error.localizedDescription)")
            }
            buffer.removeAll(keepingCapacity: true)
        }
        for (id, request) in requests {
            guard let item = BatchItem(id: id, request), ids.insert(id).inserted else {
                throw BatchFileError(
                    path: path, line: ids.count + 1,
                    problem: "expected an id of its own of 1 to 64 letters, digits, '-' and '_', found '\(id)'")
            }
            buffer += BatchRow.line(id: id, body: body(item.request))
            if buffer.count >= 1 << 18 { try flush() }
        }
        try flush()
        try? handle.synchronize()
        try? handle.close()
    }

    /// OpenAI's reasoning models refuse the older name of the limit, and any temperature.
    fileprivate static func body(_ request: CompletionRequest) -> JSON {
        guard request.model.capabilities.contains(.reasoning) else { return ChatShape.body(request) }
        return ChatShape.body(
            request, ChatShape.Options(limitKey: "max_completion_tokens", sendsTemperature: false))
    }

    /// Begins to read results. `request` gives what was asked under an id, or nil.
    package static func read(
        _ path: String, request: @escaping (String) -> CompletionRequest?
    ) throws(BatchFileError) -> BatchFileReader {
        try BatchFileReader(path, request)
    }
}

/// Reads a file of results line by line, in whatever order they stand; memory does not grow with the file but for the
/// ids seen.
package struct BatchFileReader {
    private static let pieceSize = 1 << 18

    private let path: String
    private let handle: FileHandle
    private var lines = StreamLines(limit: BatchLines.lineLimit)
    private var rows: BatchLines
    private var waiting: ArraySlice<[UInt8]> = []
    private var number = 0
    private var isAtEnd = false

    fileprivate init(_ path: String, _ request: @escaping (String) -> CompletionRequest?) throws(BatchFileError) {
        self.path = path
        var isFolder = ObjCBool(false)
        let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard isThere, !isFolder.boolValue, let handle = FileHandle(forReadingAtPath: path) else {
            throw BatchFileError(path: path, line: nil, problem: "expected a file that can be read")
        }
        self.handle = handle
        rows = BatchLines { id, line in
            request(id).map { request in
                let bound = request.inputBound(bodySize: BatchFile.body(request).byteCount)
                return BatchRow.result(line, request, inputBound: bound, key: nil)
            }
        }
    }

    /// The ids answered so far.
    package var seen: Set<String> { rows.seen }

    /// The next result; nil at the end. Throws at a line that cannot be used: an id nobody asked for, a second answer, a
    /// cut line. The results before it stand.
    package mutating func next() throws(BatchFileError) -> BatchResult? {
        while true {
            guard let line = waiting.popFirst() else {
                if isAtEnd { return nil }
                try fill()
                continue
            }
            number += 1
            do throws(BatchLineFault) {
                if let result = try rows.read(line) { return result }
            } catch {
                throw failed(error.description, number)
            }
        }
    }

    private mutating func fill() throws(BatchFileError) {
        let piece: [UInt8]
        do { piece = try handle.read(upToCount: Self.pieceSize).map { [UInt8]($0) } ?? [] } catch {
            throw failed("cannot be read: \(error.localizedDescription)", nil)
        }
        guard !piece.isEmpty else {
            isAtEnd = true
            waiting = lines.finish().map { [$0] } ?? []
            return
        }
        do { waiting = try lines.feed(piece)[...] } catch {
            throw failed("expected lines of at most \(error.lineLimit) bytes", number + 1)
        }
    }

    private func failed(_ problem: String, _ line: Int?) -> BatchFileError {
        BatchFileError(path: path, line: line, problem: problem)
    }
}

/// What is wrong with a file of requests or results, and where.
package struct BatchFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    /// 1-based.
    package let line: Int?
    package let problem: String

    package var description: String { path + (line.map { ":\($0)" } ?? "") + ": " + problem }
}
