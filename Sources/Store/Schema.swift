import SQLite

/// The tables of the ledger, as steps that are only ever added to.
enum Schema {
    static let migrations = [Migration(version: 1, script: first)]

    // Times are milliseconds since 1970; JSON is text as this program writes it.
    private static let first = """
        CREATE TABLE events (
            seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, run TEXT NOT NULL, task TEXT,
            actor TEXT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL, mac BLOB NOT NULL
        ) STRICT;
        CREATE INDEX events_by_run ON events (run, seq);
        CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
            BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
            BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        CREATE TABLE head (
            one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, mac BLOB NOT NULL,
            seal BLOB NOT NULL
        ) STRICT;
        CREATE TABLE runs (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
            status TEXT NOT NULL, base TEXT NOT NULL, plan TEXT NOT NULL, options TEXT NOT NULL,
            owner TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER, result TEXT
        ) STRICT;
        CREATE TABLE effects (
            number INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL REFERENCES runs (id),
            kind TEXT NOT NULL, key TEXT NOT NULL, task TEXT, intent TEXT NOT NULL, result TEXT,
            begun INTEGER NOT NULL, finished INTEGER, UNIQUE (run, kind, key)
        ) STRICT;
        CREATE TABLE tasks (
            number INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL REFERENCES runs (id),
            task TEXT NOT NULL, status TEXT NOT NULL, data TEXT NOT NULL,
            updated INTEGER NOT NULL, UNIQUE (run, task)
        ) STRICT;
        CREATE TABLE trees (
            number INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL REFERENCES runs (id),
            name TEXT NOT NULL, path TEXT NOT NULL, branch TEXT, base TEXT NOT NULL,
            state TEXT NOT NULL, reason TEXT, ref TEXT, trash TEXT, updated INTEGER NOT NULL,
            UNIQUE (run, name)
        ) STRICT;
        CREATE TABLE leases (
            name TEXT PRIMARY KEY, holder TEXT NOT NULL, acquired INTEGER NOT NULL,
            expires INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE requests (
            number INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL REFERENCES runs (id),
            task TEXT, kind TEXT NOT NULL, data TEXT NOT NULL, time INTEGER NOT NULL,
            handled INTEGER
        ) STRICT;
        CREATE INDEX requests_open ON requests (run) WHERE handled IS NULL;
        """
}
