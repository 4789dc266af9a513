extension Connection {
    /// Runs the body with the write lock held from the start; commits, or rolls back when it throws.
    ///
    /// `translate` makes the body's kind of error from those of begin and commit.
    @discardableResult
    package func transaction<Result, Failure>(
        _ translate: (SQLiteError) -> Failure, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try enclose("BEGIN IMMEDIATE", translate, body)
    }

    /// Runs the body with the write lock held from the start; commits, or rolls back when it throws.
    @discardableResult
    package func transaction<Result>(
        _ body: () throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> Result {
        try enclose("BEGIN IMMEDIATE", { $0 }, body)
    }

    /// Runs the body with all its reads seeing the database at one moment; it takes no write lock.
    package func snapshot<Result, Failure>(
        _ translate: (SQLiteError) -> Failure, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try enclose("BEGIN DEFERRED", translate, body)
    }

    private func enclose<Result, Failure>(
        _ begin: String, _ translate: (SQLiteError) -> Failure,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        do throws(SQLiteError) { try execute(begin) } catch { throw translate(error) }
        do throws(Failure) {
            let result = try body()
            do throws(SQLiteError) { try execute("COMMIT") } catch { throw translate(error) }
            return result
        } catch {
            // Some errors, such as a full disk, have rolled back already: the first error counts.
            try? execute("ROLLBACK")
            throw error
        }
    }
}
