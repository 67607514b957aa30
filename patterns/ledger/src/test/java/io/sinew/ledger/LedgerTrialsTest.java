package io.sinew.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Trials;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// A ledger against [LedgerModel], from seeds: no message is lost, delivered after its ack or to
/// two at a time; groups keep their order; a restart changes nothing, also after all was forgotten
/// and taken in again. In every other trial doomed messages stay until somebody says what to do.
class LedgerTrialsTest {
    private static final int TRIALS = 300;
    private static final int STEPS = 400;

    /// Scheduled messages are up to three times as far.
    private static final long FAR_MS = 6_000;

    private static final long PINNED_MAX = 10;

    @Test
    void a_ledger_does_what_the_plainest_model_says_also_after_restarts() {
        Trials.run(TRIALS, random -> new Trial(random).run());
    }

    private static final class Trial {
        private final SplittableRandom random;
        private final LedgerSettings settings;
        private final LedgerScene scene;
        private final LedgerModel model;
        private final List<HandedMessage> handed = new ArrayList<>();

        Trial(SplittableRandom random) {
            this.random = random;
            this.settings =
                    new LedgerSettings(
                            1_000,
                            1 + random.nextInt(4),
                            new RetryPolicy(50, 2_000),
                            1 + random.nextInt(3),
                            5_000,
                            100_000,
                            100_000,
                            1L << 40,
                            FAR_MS,
                            PINNED_MAX,
                            random.nextBoolean() ? 0 : 3 + random.nextInt(20));
            this.scene = new LedgerScene(settings);
            this.model = new LedgerModel(settings);
        }

        void run() throws Exception {
            for (int i = 0; i < STEPS; i++) {
                step();
                assertThat(scene.counts()).isEqualTo(model.counts());
                long first = model.live.isEmpty() ? scene.nextOffset : model.live.firstKey();
                assertThat(scene.state.lowestLive()).isEqualTo(first);
            }
        }

        private void step() throws Exception {
            move();
            switch (random.nextInt(16)) {
                case 0, 1, 2, 3 -> send();
                case 4, 5, 6 -> receive();
                case 7, 8, 9, 10 -> settle();
                case 11, 12 -> pass();
                case 13 -> restart();
                case 14 -> {
                    if (settings.parkedMax() > 0) {
                        judge();
                    } else {
                        bury();
                    }
                }
                default -> administrate();
            }
        }

        private void send() {
            var wish = LedgerScene.Wish.NONE;
            if (random.nextInt(3) == 0) {
                wish = wish.group("g" + random.nextInt(4));
            }
            if (random.nextInt(4) == 0) {
                wish = wish.priority(random.nextInt(10));
            }
            if (random.nextInt(5) == 0) {
                wish = wish.due(scene.nowMs + random.nextLong(20_000) - 2_000);
            }
            if (random.nextInt(8) == 0) {
                wish = wish.expires(scene.nowMs + random.nextLong(10_000));
            }
            if (random.nextInt(6) == 0) {
                wish = wish.dedupe("d" + random.nextInt(10));
            }
            long offset = scene.send(wish);
            model.sent(offset, wish, scene.nowMs);
        }

        private void receive() {
            int most = random.nextInt(8);
            List<HandedMessage> messages = scene.receive(most);
            model.expired(scene.expired, scene.nowMs);
            model.delivered(messages, most, scene.nowMs, scene.nowMs + settings.leaseMs());
            handed.addAll(messages);
        }

        private void settle() {
            if (handed.isEmpty()) {
                return;
            }
            HandedMessage message = handed.get(random.nextInt(handed.size()));
            boolean holds = model.holds(message);
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    assertThat(scene.ack(message)).isEqualTo(holds);
                    if (holds) {
                        model.live.remove(message.offset());
                    }
                }
                case 2 -> {
                    long delay = random.nextLong(3_000);
                    assertThat(scene.failFor(message, delay)).isEqualTo(holds);
                    if (holds) {
                        model.failed(message, delay == 0 ? 0 : scene.nowMs + delay, scene.nowMs);
                    }
                }
                case 3 -> {
                    long delay = random.nextBoolean() ? 0 : random.nextLong(3_000);
                    assertThat(scene.giveBack(message, delay)).isEqualTo(holds);
                    if (holds) {
                        model.returned(message, delay == 0 ? 0 : scene.nowMs + delay, scene.nowMs);
                    }
                }
                case 4 -> {
                    long more = 1 + random.nextLong(4_000);
                    assertThat(scene.extend(message, more)).isEqualTo(holds);
                    if (holds) {
                        model.extended(message, scene.nowMs + more);
                    }
                }
                default -> {
                    assertThat(scene.reject(message)).isEqualTo(holds);
                    if (holds) {
                        model.rejected(message);
                    }
                }
            }
        }

        private void pass() {
            // Leases that run out are failed by the settings' own wait, which the model is told.
            scene.pass(random.nextInt(4) == 0 ? random.nextLong(30_000) : random.nextLong(600));
            model.passed(scene.nowMs);
            model.live.values().stream()
                    .filter(message -> message.place == MessagePlace.READY && message.failures > 0)
                    .forEach(this::correct);
            model.live.values().stream()
                    .filter(message -> message.place == MessagePlace.DELAYED && message.holds)
                    .forEach(this::correct);
        }

        /// How long a message waits whose lease ran out is not the model's business.
        private void correct(LedgerModel.Message message) {
            scene.state.look(message.offset, 1).stream()
                    .filter(seen -> seen.offset() == message.offset)
                    .filter(seen -> seen.place() == MessagePlace.DELAYED)
                    .forEach(seen -> {
                        message.place = MessagePlace.DELAYED;
                        message.holds = true;
                        message.dueMs = seen.dueMs();
                    });
        }

        private void restart() throws Exception {
            if (random.nextInt(3) == 0) {
                scene.snapshot();
            }
            LedgerState again = scene.replayed();
            assertThat(again.look(0, 1_000)).isEqualTo(scene.state.look(0, 1_000));
            assertThat(LedgerScene.picture(again)).isEqualTo(LedgerScene.picture(scene.state));
            if (random.nextBoolean()) {
                scene.state = again;
            }
        }

        private void move() {
            scene.move().forEach((from, to) -> model.moved(from, to, scene.nowMs));
        }

        private void bury() {
            scene.bury().forEach(doomed -> model.live.remove(doomed.offset()));
        }

        /// Says of some doomed messages, and of others that are none, that they are to be tried
        /// again or forgotten.
        private void judge() {
            List<Long> doomed = model.doomed();
            assertThat(scene.state.doomed(0, 1_000).stream().map(DoomedMessage::offset).toList())
                    .isEqualTo(doomed);
            var meant = new ArrayList<Long>();
            doomed.stream().filter(_ -> random.nextInt(3) > 0).forEach(meant::add);
            meant.add(random.nextLong(scene.nextOffset + 2));
            boolean any = meant.stream().anyMatch(doomed::contains);
            if (random.nextBoolean()) {
                assertThat(scene.redrive(meant)).isEqualTo(any);
                model.redriven(meant);
            } else {
                assertThat(scene.drop(meant)).isEqualTo(any);
                model.dropped(meant);
            }
        }

        private void seek() {
            long back = random.nextInt(4) == 0 ? scene.nextOffset : random.nextInt(40);
            long offset = Math.max(0, scene.nextOffset - random.nextLong(back + 1));
            scene.seek(offset);
            model.sought(offset, scene.nowMs);
        }

        private void administrate() {
            if (random.nextInt(6) == 0) {
                seek();
            } else if (random.nextInt(20) == 0) {
                scene.write(List.of(scene.state.purge(scene.nextOffset)));
                model.live.values().removeIf(m -> m.place != MessagePlace.LEASED);
            } else {
                model.paused = random.nextInt(4) == 0;
                scene.write(List.of(scene.state.pause(model.paused)));
            }
        }
    }
}
