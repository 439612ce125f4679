#: crc ["", "123456789", "hello"]
#: gray [0, 5, 255]
POLY = 0xEDB88320
TABLE = []
for byte in range(256):
    value = byte
    for _ in range(8):
        value = (value >> 1) ^ POLY if value & 1 else value >> 1
    TABLE.append(value)
assert len(TABLE) == 256


def crc(text):
    value = 0xFFFFFFFF
    for byte in text.encode():
        value = TABLE[(value ^ byte) & 0xFF] ^ (value >> 8)
    return f"{value ^ 0xFFFFFFFF:08x}"


def gray(n):
    return n ^ n >> 1
