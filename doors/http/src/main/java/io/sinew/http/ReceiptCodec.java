package io.sinew.http;

import io.sinew.base.BrokenInvariant;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.Receipt;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Receipts as clients have them: `partition.offset.lease.mac`, where `mac` is an HMAC-SHA256 of
/// the name of the queue or subscription and the three numbers, cut to 128 bits, in URL-safe base
/// 64. So nobody settles a message that he was not given, by counting, or with a receipt of another
/// queue or subscription.
final class ReceiptCodec {
    /// Bytes of a key.
    static final int KEY_BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAC_BYTES = 16;
    private static final Pattern RECEIPT =
            Pattern.compile("([0-9]{1,9})\\.([0-9]{1,18})\\.(-?[0-9]{1,10})\\.([A-Za-z0-9_-]{22})");

    private final SecretKeySpec key;

    /// @param key random, and the same for as long as leases last, which is longer than a process
    ReceiptCodec(byte[] key) {
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    String encode(MessageSource source, Receipt receipt) {
        String numbers = receipt.partition() + "." + receipt.offset() + "." + receipt.lease();
        return numbers + "." + mac(source.receiptName(), numbers);
    }

    /// @throws SinewException `INVALID_REQUEST` for one that was not given out for this source
    Receipt decode(MessageSource source, String text) {
        Matcher matcher = RECEIPT.matcher(text);
        if (matcher.matches()) {
            String numbers = text.substring(0, matcher.start(4) - 1);
            byte[] mac = matcher.group(4).getBytes(StandardCharsets.US_ASCII);
            byte[] right = mac(source.receiptName(), numbers).getBytes(StandardCharsets.US_ASCII);
            if (MessageDigest.isEqual(mac, right)) {
                return new Receipt(
                        Integer.parseInt(matcher.group(1)),
                        Long.parseLong(matcher.group(2)),
                        Integer.parseInt(matcher.group(3)));
            }
        }
        throw new SinewException(
                ErrorCode.INVALID_REQUEST,
                "A receipt was not given out for "
                        + source.title()
                        + ". Send back what came with the message, to where it came from");
    }

    private String mac(String name, String numbers) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            // No name has a line break in it.
            byte[] all = mac.doFinal((name + "\n" + numbers).getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(Arrays.copyOf(all, MAC_BYTES));
        } catch (GeneralSecurityException e) {
            throw new BrokenInvariant("every Java has HMAC-SHA256: " + e);
        }
    }
}
