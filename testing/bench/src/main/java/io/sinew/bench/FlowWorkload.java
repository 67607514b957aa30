package io.sinew.bench;

/// Messages that are published and received at the same time, for a while.
record FlowWorkload(String name, String meaning, QueueLoad.Shape shape) implements QueueWorkload {
    /// The queue that is measured.
    static final String QUEUE = "bench";

    @Override
    public Readings measure(QueueRun run) throws Exception {
        QueueSystem system = run.system();
        boolean returns = shape.nackEvery() > 0;
        if (shape.groups() > 0 && !system.abilities().groups()) {
            throw new NotAvailableException("no ordered groups");
        }
        if (returns) {
            run.notes()
                    .accept("`%s` nacks so: %s".formatted(run.name(), system.abilities().nack()));
        }
        system.create(QUEUE);
        var outcome =
                new QueueLoad(system, QUEUE, shape)
                        .run(run.scale().warmUp(), run.scale().measured());
        var readings = new Readings().queue(outcome);
        return returns && system.abilities().nackDelays()
                ? readings.late(outcome.again())
                : readings;
    }
}
