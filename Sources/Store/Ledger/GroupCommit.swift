import GRDB
import Synchronization

/// Lets changes that wait at the same time share a transaction, and so one flush of the disk. A caller hears of its change
/// only after the commit that holds it; a change that fails takes no other with it.
final class GroupCommit: Sendable {
    private struct State {
        var waiting: [any WaitingChange] = []
        /// A transaction that will take what waits is under way or about to begin.
        var isScheduled = false
    }

    private let file: DatabaseFile
    private let state = Mutex(State())

    init(_ file: DatabaseFile) { self.file = file }

    /// Makes a change and waits until it is on the disk. Throws what `body` throws, or why the commit failed. Whether or
    /// not the task is cancelled meanwhile, the change is made.
    func change<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let mustSchedule = state.withLock { state in
                state.waiting.append(Change(body, continuation))
                defer { state.isScheduled = true }
                return !state.isScheduled
            }
            if mustSchedule { schedule() }
        }
    }

    private func schedule() { file.pool.asyncWriteWithoutTransaction { self.commit($0) } }

    /// Commits all that waits. What comes meanwhile is left to the next transaction, so that other writers get their turn.
    private func commit(_ database: Database) {
        let changes = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        var failure: StoreError?
        do {
            try database.inTransaction(.immediate) {
                for change in changes {
                    change.apply(database)
                    // Some errors (a full disk) make SQLite give up the whole transaction.
                    guard database.isInsideTransaction else {
                        throw StoreError(.full, "\(file.path): a change could not be written")
                    }
                }
                return .commit
            }
        } catch {
            failure = DatabaseFile.explain(error, file.path)
        }
        for change in changes { change.confirm(failure) }
        let mustSchedule = state.withLock { state in
            state.isScheduled = !state.waiting.isEmpty
            return state.isScheduled
        }
        if mustSchedule { schedule() }
    }
}

private protocol WaitingChange: Sendable {
    /// Makes the change, or leaves everything as it was.
    func apply(_ database: Database)
    /// Tells the caller, once the transaction has ended or failed.
    func confirm(_ failure: StoreError?)
}

private final class Change<Value: Sendable>: WaitingChange {
    private let body: @Sendable (Database) throws -> Value
    private let continuation: CheckedContinuation<Value, any Error>
    private let outcome = Mutex<Result<Value, any Error>?>(nil)

    init(
        _ body: @escaping @Sendable (Database) throws -> Value, _ continuation: CheckedContinuation<Value, any Error>
    ) {
        self.body = body
        self.continuation = continuation
    }

    func apply(_ database: Database) {
        let result = Result {
            var value: Value?
            try database.inSavepoint {
                value = try body(database)
                return .commit
            }
            return value!
        }
        outcome.withLock { $0 = result }
    }

    func confirm(_ failure: StoreError?) {
        let result = outcome.withLock { $0 }
        if let failure { return continuation.resume(throwing: result?.error ?? failure) }
        guard let result else { return continuation.resume(throwing: StoreError(.failed, "a change was not made")) }
        continuation.resume(with: result)
    }
}

extension Result {
    fileprivate var error: Failure? {
        guard case .failure(let error) = self else { return nil }
        return error
    }
}
